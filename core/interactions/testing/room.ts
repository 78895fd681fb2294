import { ManualClock } from '../../base/testing/index.ts';
import type { NotificationParamsOf } from '../../protocol/index.ts';
import {
  type InteractionRequest,
  Interactions,
  type InteractionsOptions,
} from '../interactions.ts';
import type { Consultation, Reply, Responder } from '../responder.ts';
import { FakeDesk } from './fakeDesk.ts';

export const threadId = 't';
export const where = { turnId: 'u', itemId: 'c', startedAtMs: 1 };

export const command = (
  text: string,
  ...keys: readonly string[]
): InteractionRequest<'command'> => ({
  kind: 'command',
  params: { ...where, kind: 'command', environmentId: null, command: text },
  keys,
});
export const network = (
  host: string,
  ...keys: readonly string[]
): InteractionRequest<'network'> => ({
  kind: 'network',
  params: {
    ...where,
    kind: 'command',
    environmentId: null,
    networkApprovalContext: { host, protocol: 'https' },
  },
  keys,
});
export const fileChange = (...keys: readonly string[]): InteractionRequest<'fileChange'> => ({
  kind: 'fileChange',
  params: { ...where, reason: null, grantRoot: null },
  keys,
});
export const permissions: InteractionRequest<'permissions'> = {
  kind: 'permissions',
  params: {
    ...where,
    environmentId: null,
    cwd: '/w',
    reason: null,
    permissions: { network: { enabled: true } },
  },
};
export const question = (isSecret: boolean): InteractionRequest<'userInput'> => ({
  kind: 'userInput',
  params: {
    turnId: 'u',
    itemId: 'c',
    questions: ['one', 'two'].map((id) => ({
      id,
      header: id,
      question: `${id}?`,
      isOther: true,
      isSecret: isSecret && id === 'two',
      options: null,
    })),
    isBlocking: true,
    autoResolutionMs: null,
  },
});

export type Resolved = NotificationParamsOf<'serverRequest/resolved'>;

export function room(
  options: Partial<InteractionsOptions> & { readonly clientCount?: number } = {},
) {
  const { clientCount = 1, ...others } = options;
  const desk = new FakeDesk(clientCount);
  const clock = new ManualClock();
  const resolved: Resolved[] = [];
  const waitingOn: string[][] = [];
  const interactions: Interactions = new Interactions({
    threadId,
    clock,
    clients: desk,
    notify: (method, params) => {
      if (method === 'serverRequest/resolved') resolved.push(params);
    },
    inOrder: (action) => {
      action();
    },
    responders: [],
    onWaitingChanged: () => {
      waitingOn.push([...interactions.waitingOn]);
    },
    ...others,
  });
  const abort = new AbortController();
  const { signal } = abort;
  return { interactions, desk, clock, resolved, waitingOn, abort, signal };
}

/** Answers with what it is given, and keeps what it is asked. */
export class Scripted implements Responder {
  readonly role: Responder['role'];
  readonly asked: Consultation[] = [];
  readonly #replies: Promise<Reply>[] = [];

  constructor(role: Responder['role'], ...replies: readonly (Reply | Error)[]) {
    this.role = role;
    this.#replies = replies.map(async (reply) => {
      if (reply instanceof Error) throw reply;
      return reply;
    });
    for (const reply of this.#replies) reply.catch(() => undefined);
  }

  async respond(_interaction: unknown, consultation: Consultation): Promise<Reply> {
    this.asked.push(consultation);
    return this.#replies.shift() ?? new Promise(() => undefined);
  }
}

export const pass: Reply = { type: 'pass' };
export const allow: Reply = { type: 'allow' };
