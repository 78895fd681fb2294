import { assertNever } from '../base/index.ts';
import type {
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  UserAnswers,
  UserQuestion,
} from '../protocol/index.ts';
import { deciderOrder } from './answerers.ts';
import { type Asked, type InteractionRow, row, type Verdict } from './row.ts';

type CommandMethod = 'item/commandExecution/requestApproval';
type CommandResponse = ServerRequestResponseOf<CommandMethod>;
type PermissionsResponse = ServerRequestResponseOf<'item/permissions/requestApproval'>;
type ElicitationParams = ServerRequestParamsOf<'mcpServer/elicitation/request'>;

/** Decided on the screen: nothing of it is asked aloud. */
const onScreen = { spoken: () => [], heard: () => undefined };

const commandApproval = {
  method: 'item/commandExecution/requestApproval',
  flag: 'waitingOnApproval',
  deciders: () => deciderOrder,
  allowed: () => ({ decision: 'accept' }),
  verdictOf: commandVerdict,
  wordsOf: ({ message }) => message ?? undefined,
  lasts: ({ decision }) => decision === 'acceptForSession',
  ...onScreen,
} as const satisfies InteractionRow<CommandMethod>;

/**
 * One row per kind of interaction. A new kind is a row here and a row in `serverRequests` of the
 * protocol; who asks, who answers and how it is waited for follow from them.
 */
export const interactionKinds = {
  userInput: row({
    method: 'item/tool/requestUserInput',
    flag: 'waitingOnUserInput',
    deciders: () => [],
    allowed: () => undefined,
    verdictOf: () => 'accepted',
    wordsOf: () => undefined,
    spoken: ({ questions }) => questions.filter(({ isSecret }) => !isSecret),
    heard: ({ questions }, answers) =>
      questions.every(({ id }) => Object.hasOwn(answers, id)) ? { answers } : undefined,
    completed: ({ questions }, { answers }, known) => ({
      answers: wholeAnswers(questions, answers, known),
    }),
    shown: ({ questions }, { answers }) => withoutSecrets(questions, answers),
  }),
  toolCall: row({
    method: 'item/tool/call',
    flag: undefined,
    deciders: () => [],
    allowed: () => undefined,
    verdictOf: () => 'accepted',
    wordsOf: () => undefined,
    ...onScreen,
  }),
  command: row({
    ...commandApproval,
    covers: (answered, other) =>
      answered.response.decision === 'acceptForSession' && coversKeys(answered, other)
        ? { decision: 'accept' }
        : undefined,
  }),
  network: row({
    ...commandApproval,
    covers: (answered, other) => {
      const { decision } = answered.response;
      if (decision === 'acceptForSession') {
        return coversKeys(answered, other) ? { decision: 'accept' } : undefined;
      }
      if (typeof decision === 'string' || !('applyNetworkPolicyAmendment' in decision)) {
        return undefined;
      }
      const { network_policy_amendment: rule } = decision.applyNetworkPolicyAmendment;
      if (other.params.networkApprovalContext?.host !== rule.host) return undefined;
      return { decision: rule.action === 'allow' ? 'accept' : 'decline' };
    },
  }),
  fileChange: row({
    method: 'item/fileChange/requestApproval',
    flag: 'waitingOnApproval',
    deciders: () => deciderOrder,
    allowed: () => ({ decision: 'accept' }),
    verdictOf: ({ decision }) => simpleVerdict(decision),
    wordsOf: ({ message }) => message ?? undefined,
    lasts: ({ decision }) => decision === 'acceptForSession',
    ...onScreen,
    covers: (answered, other) =>
      answered.response.decision === 'acceptForSession' && coversKeys(answered, other)
        ? { decision: 'accept' }
        : undefined,
  }),
  permissions: row({
    method: 'item/permissions/requestApproval',
    flag: 'waitingOnApproval',
    // Hooks judge what a tool does; this does nothing yet.
    deciders: () => ['policy', 'review'],
    allowed: ({ permissions }) => ({ permissions, scope: 'turn' }),
    verdictOf: (response) => (grantsNothing(response) ? 'declined' : 'accepted'),
    wordsOf: ({ message }) => message ?? undefined,
    ...onScreen,
  }),
  elicitation: row({
    method: 'mcpServer/elicitation/request',
    flag: 'waitingOnApproval',
    // A server's own question wants something that only people know.
    deciders: (params) => (isToolApproval(params) ? deciderOrder : ['policy']),
    allowed: (params) => (isToolApproval(params) ? { action: 'accept' } : undefined),
    verdictOf: ({ action }) => simpleVerdict(action),
    wordsOf: () => undefined,
    ...onScreen,
  }),
} as const;

export type InteractionKind = keyof typeof interactionKinds;
type MethodOf<K extends InteractionKind> = (typeof interactionKinds)[K]['method'];
export type InteractionParams<K extends InteractionKind> = ServerRequestParamsOf<MethodOf<K>>;
export type InteractionResponse<K extends InteractionKind> = ServerRequestResponseOf<MethodOf<K>>;

/** Something that waits for somebody. */
export type Interaction<K extends InteractionKind = InteractionKind> = {
  [Kind in K]: {
    readonly kind: Kind;
    readonly params: InteractionParams<Kind>;
    /** What an answer for the session would be remembered by; empty: by nothing. */
    readonly keys: readonly string[];
  };
}[K];

/** One entry for every question and no other: what was given last wins over what was known. */
function wholeAnswers(
  questions: readonly UserQuestion[],
  given: UserAnswers,
  known: UserAnswers,
): UserAnswers {
  return Object.fromEntries(
    questions.map(({ id }) => {
      const answer = Object.hasOwn(given, id) ? given[id] : undefined;
      return [id, answer ?? known[id] ?? { answers: [] }];
    }),
  );
}

function withoutSecrets(questions: readonly UserQuestion[], answers: UserAnswers): UserAnswers {
  const secret = new Set(questions.flatMap(({ id, isSecret }) => (isSecret ? [id] : [])));
  return Object.fromEntries(Object.entries(answers).filter(([id]) => !secret.has(id)));
}

const simpleVerdict = (decision: 'accept' | 'acceptForSession' | 'decline' | 'cancel'): Verdict => {
  switch (decision) {
    case 'accept':
    case 'acceptForSession':
      return 'accepted';
    case 'decline':
      return 'declined';
    case 'cancel':
      return 'cancelled';
    default:
      return assertNever(decision, 'decision');
  }
};

function commandVerdict({ decision }: CommandResponse): Verdict {
  if (typeof decision === 'string') return simpleVerdict(decision);
  if (!('applyNetworkPolicyAmendment' in decision)) return 'accepted';
  const { action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
  return action === 'allow' ? 'accepted' : 'declined';
}

function grantsNothing({ permissions: { network, fileSystem } }: PermissionsResponse): boolean {
  const { read, write, entries } = fileSystem ?? {};
  const paths = [read, write, entries].flatMap((list): readonly unknown[] => list ?? []);
  return network?.enabled !== true && paths.length === 0;
}

/** An answer that is remembered by its keys settles what needs no other. */
const coversKeys = (
  answered: Pick<Asked<CommandMethod>, 'keys'>,
  other: Pick<Asked<CommandMethod>, 'keys'>,
): boolean => other.keys.length > 0 && other.keys.every((key) => answered.keys.includes(key));

/** A tool server's elicitation that is none: the engine asks whether a tool of it may run. */
const isToolApproval = ({ _meta }: ElicitationParams): boolean =>
  _meta?.['codex_approval_kind'] === 'mcp_tool_call';
