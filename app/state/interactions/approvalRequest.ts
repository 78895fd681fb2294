import type {
  ServerRequestParamsOf,
  ServerRequestResponseOf,
} from '../../../core/protocol/index.ts';

/** Requests that want a yes or a no. */
export type ApprovalMethod =
  | 'item/commandExecution/requestApproval'
  | 'item/fileChange/requestApproval'
  | 'item/permissions/requestApproval';

type Response = ServerRequestResponseOf<ApprovalMethod>;
type CommandParams = ServerRequestParamsOf<'item/commandExecution/requestApproval'>;
type PermissionsParams = ServerRequestParamsOf<'item/permissions/requestApproval'>;
type Decision = NonNullable<CommandParams['availableDecisions']>[number];

/** One way to answer, with the key that does. */
export type ApprovalChoice = {
  readonly id: string;
  readonly label: string;
  /** As the browser names it. */
  readonly key: string;
  readonly isYes: boolean;
  readonly response: Response;
};

/** What is to be allowed, in words and facts for a card. */
export type ApprovalRequest = {
  readonly title: string;
  readonly reason: string | undefined;
  /** Exactly as it would run. */
  readonly command: string | undefined;
  readonly cwd: string | undefined;
  /** What it may touch beyond what is allowed already, a line each. */
  readonly touches: readonly string[];
  readonly choices: readonly ApprovalChoice[];
};

const NO: ApprovalChoice = {
  id: 'no',
  label: 'No',
  key: 'n',
  isYes: false,
  response: { decision: 'decline' },
};
const STOP: ApprovalChoice = {
  id: 'stop',
  label: 'No, and stop',
  key: 'Escape',
  isYes: false,
  response: { decision: 'cancel' },
};

export function commandApproval(params: CommandParams): ApprovalRequest {
  const { networkApprovalContext: network, additionalPermissions: extra } = params;
  const decisions = params.availableDecisions ?? [
    'accept',
    'acceptForSession',
    'decline',
    'cancel',
  ];
  const offered = decisions.flatMap(choiceOf);
  // A refusal can always be given; it is only not offered by those who did not know of it.
  const choices = offered.some(({ id }) => id === NO.id) ? offered : [...offered, NO];
  return {
    title: network ? `Parley wants to reach ${network.host}` : titleOf(params.kind),
    reason: params.reason ?? undefined,
    command: params.command ?? undefined,
    cwd: params.cwd ?? undefined,
    touches: extra ? touchesOf(extra) : [],
    choices: choices.toSorted((a, b) => Number(b.isYes) - Number(a.isYes)),
  };
}

const titleOf = (kind: CommandParams['kind']): string =>
  kind === 'writeStdin'
    ? 'Parley wants to type this into a running command'
    : 'Parley wants to run this command';

function choiceOf(decision: Decision): readonly ApprovalChoice[] {
  if (decision === 'accept') {
    return [{ id: 'once', label: 'Yes, once', key: 'y', isYes: true, response: { decision } }];
  }
  if (decision === 'acceptForSession') {
    const label = 'Yes, for this conversation';
    return [{ id: 'session', label, key: 'a', isYes: true, response: { decision } }];
  }
  if (decision === 'decline') return [NO];
  if (decision === 'cancel') return [STOP];
  if ('acceptWithExecpolicyAmendment' in decision) {
    const words = decision.acceptWithExecpolicyAmendment.execpolicy_amendment.join(' ');
    const label = `Always for commands that begin with “${words}”`;
    return [{ id: 'always', label, key: 'p', isYes: true, response: { decision } }];
  }
  const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
  return action === 'allow'
    ? [{ id: 'host', label: `Always for ${host}`, key: 'p', isYes: true, response: { decision } }]
    : [
        {
          id: 'noHost',
          label: `Never for ${host}`,
          key: 'x',
          isYes: false,
          response: { decision },
        },
      ];
}

export function fileChangeApproval({
  reason,
  grantRoot,
}: ServerRequestParamsOf<'item/fileChange/requestApproval'>): ApprovalRequest {
  return {
    title: 'Parley wants to change these files',
    reason: reason ?? undefined,
    command: undefined,
    cwd: undefined,
    touches: grantRoot === null ? [] : [`may write anything in ${grantRoot}`],
    choices: [
      { id: 'once', label: 'Yes, once', key: 'y', isYes: true, response: { decision: 'accept' } },
      {
        id: 'session',
        label: 'Yes, these files for this conversation',
        key: 'a',
        isYes: true,
        response: { decision: 'acceptForSession' },
      },
      NO,
      STOP,
    ],
  };
}

export function permissionsApproval({
  reason,
  permissions,
  cwd,
}: PermissionsParams): ApprovalRequest {
  const yes = (scope: 'turn' | 'session'): Response => ({ permissions, scope });
  return {
    title: 'Parley asks to be allowed more',
    reason: reason ?? undefined,
    command: undefined,
    cwd,
    touches: touchesOf(permissions),
    choices: [
      { id: 'once', label: 'Yes, for this turn', key: 'y', isYes: true, response: yes('turn') },
      {
        id: 'session',
        label: 'Yes, for this conversation',
        key: 'a',
        isYes: true,
        response: yes('session'),
      },
      { ...NO, response: { permissions: {}, scope: 'turn' } },
    ],
  };
}

const ACCESS = {
  read: 'read',
  write: 'read and write',
  deny: 'not touch',
  none: 'not touch',
} as const;

function touchesOf({ network, fileSystem }: PermissionsParams['permissions']): readonly string[] {
  const { read, write, entries } = fileSystem ?? {};
  const places = entries ?? [];
  const listed =
    places.length > 0
      ? places.map(({ path, access }) => `${ACCESS[access]} ${placeOf(path)}`)
      : [
          ...(read ?? []).map((path) => `read ${path}`),
          ...(write ?? []).map((path) => `read and write ${path}`),
        ];
  return [...listed, ...(network?.enabled === true ? ['reach the network'] : [])];
}

type Place = NonNullable<
  NonNullable<PermissionsParams['permissions']['fileSystem']>['entries']
>[number]['path'];

const SPECIAL = {
  root: 'the whole disk',
  minimal: 'the system’s own folders',
  tmpdir: 'the folder for temporary files',
  slash_tmp: '/tmp',
  project_roots: 'the work folder',
  current_working_directory: 'the work folder',
} as const;

function placeOf(place: Place): string {
  if (place.type === 'path') return place.path;
  if (place.type === 'glob_pattern') return place.pattern;
  const { value } = place;
  if (value.kind === 'unknown') return value.path;
  const below = 'subpath' in value ? value.subpath : undefined;
  return typeof below === 'string' && below !== ''
    ? `${below} in ${SPECIAL[value.kind]}`
    : SPECIAL[value.kind];
}
