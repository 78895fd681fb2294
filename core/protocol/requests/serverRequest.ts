import * as z from 'zod';

import { maybe } from '../common.ts';
import { RequestId } from '../rpc.ts';

/** One thing the agent wants to know. Free text is an answer wherever `isOther` is true. */
export const UserQuestion = z.object({
  id: z.string(),
  /** A word or two that stand above the question. */
  header: z.string(),
  question: z.string(),
  isOther: z.boolean(),
  /** What is typed must not be shown, spoken or kept in the conversation's view. */
  isSecret: z.boolean(),
  options: z.array(z.object({ label: z.string(), description: z.string() })).nullable(),
});
export type UserQuestion = z.infer<typeof UserQuestion>;

/** The agent waits for its user (app-server §8). */
export const ToolRequestUserInputParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  questions: z.array(UserQuestion),
  isBlocking: z.boolean(),
  /** When the agent goes on by itself; null: never. */
  autoResolutionMs: z.number().nullable(),
});
export type ToolRequestUserInputParams = z.infer<typeof ToolRequestUserInputParams>;

/** By question id; a question that is not named was left unanswered. */
export const UserAnswers = z.record(z.string(), z.object({ answers: z.array(z.string()) }));
export type UserAnswers = z.infer<typeof UserAnswers>;
export const ToolRequestUserInputResponse = z.object({ answers: UserAnswers });
export type ToolRequestUserInputResponse = z.infer<typeof ToolRequestUserInputResponse>;

/** Nobody waits for an answer to this request any more, whatever became of it (app-server §8). */
export const ServerRequestResolvedNotification = z.object({
  threadId: z.string(),
  requestId: RequestId,
  /** Parley's addition: who answered; absent when the request was given up. */
  answeredBy: maybe(z.enum(['client', 'voice'])),
  /** Parley's addition: what was answered, without what is secret. */
  answers: maybe(UserAnswers),
});

/** Parley's addition: some of a request's questions have been answered by voice, the rest are open. */
export const ServerRequestPartlyAnsweredNotification = z.object({
  threadId: z.string(),
  requestId: RequestId,
  answers: UserAnswers,
});
