import type { Forms } from '../../../realtime/server/index.ts';
import type { PracticeQuestion } from './asking.ts';

/** A call that the agent has made for the request, and what came of it. */
export type Done = { readonly tool: string; readonly input: string; readonly output: string };

/** What it does next: runs a command, changes files by a patch, or says how it went. */
export type Move =
  | {
      readonly type: 'command';
      readonly script: string;
      /** In a shell that reads its user's profile, as programs that are not the system's need it. */
      readonly isLogin: boolean;
    }
  | { readonly type: 'patch'; readonly patch: string }
  | { readonly type: 'report'; readonly text: string };

/** What the practice agent will do about a request. `text` is Markdown. */
export type Plan =
  | { readonly type: 'answer'; readonly task: string; readonly text: string }
  | { readonly type: 'wait'; readonly task: string; readonly seconds: number }
  | {
      readonly type: 'ask';
      readonly task: string;
      readonly questions: readonly PracticeQuestion[];
    }
  /** Work with tools, step by step: the same that was done leads to the same move. */
  | {
      readonly type: 'work';
      readonly task: string;
      readonly next: (done: readonly Done[], earlier: readonly Done[]) => Move;
    }
  | { readonly type: 'fail'; readonly task: string }
  /** Nothing it knows how to do. */
  | { readonly type: 'unable'; readonly task: string; readonly text: string };

/** Something the agent can do, by the words that ask for it. */
export type Skill = {
  readonly forms: Forms;
  readonly plan: (match: RegExpExecArray, nowMs: number) => Plan | undefined;
};
