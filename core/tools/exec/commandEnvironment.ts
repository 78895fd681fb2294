/** What of this machine's environment programs of the agent see. */
export type ShellEnvironmentPolicy = {
  readonly inherit: 'all' | 'core' | 'none';
  /** Lets names through that look as if they held secrets. */
  readonly ignoreDefaultExcludes: boolean;
  readonly exclude: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  /** Where it has any, nothing else is left. */
  readonly includeOnly: readonly string[];
};

/** Everything but what is somebody's secret. */
export const DEFAULT_ENVIRONMENT: ShellEnvironmentPolicy = {
  inherit: 'all',
  ignoreDefaultExcludes: false,
  exclude: [],
  set: {},
  includeOnly: [],
};

const CORE = new Set([
  'PATH',
  'SHELL',
  'TMPDIR',
  'TEMP',
  'TMP',
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'USER',
]);
const SECRETS = ['*KEY*', '*SECRET*', '*TOKEN*', '*PASSWORD*', '*PASSWD*', '*CREDENTIAL*'];
/** Ours, whatever they are set to. */
const OWN = ['PARLEY_*'];
/** Nobody turns pages or looks at colours. */
const PLAIN_OUTPUT = {
  NO_COLOR: '1',
  TERM: 'dumb',
  COLORTERM: '',
  LANG: 'C.UTF-8',
  LC_CTYPE: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GH_PAGER: 'cat',
};

export type CommandEnvironmentOptions = {
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly policy: ShellEnvironmentPolicy;
  /** Variables that the settings take keys from. */
  readonly keyNames: readonly string[];
  /** What is told to programs, whatever the policy lets through. */
  readonly told: Readonly<Record<string, string>>;
};

/** The environment of a program of the agent: each step of the policy after the other. */
export function commandEnvironment(options: CommandEnvironmentOptions): Record<string, string> {
  const { inherited, policy, keyNames, told } = options;
  const hidden = [
    ...OWN,
    ...keyNames,
    ...(policy.ignoreDefaultExcludes ? [] : SECRETS),
    ...policy.exclude,
  ].map(matcherOf);
  const only = policy.includeOnly.map(matcherOf);
  const kept = Object.entries(inherited).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || policy.inherit === 'none') return [];
    if (policy.inherit === 'core' && !CORE.has(name.toUpperCase())) return [];
    return hidden.some((matches) => matches(name)) ? [] : [[name, value]];
  });
  const all = [...kept, ...Object.entries(PLAIN_OUTPUT), ...Object.entries(policy.set)];
  const chosen = all.filter(([name]) => only.length === 0 || only.some((matches) => matches(name)));
  return { ...Object.fromEntries(chosen), ...told };
}

/** `*` and `?` as people know them; letters are the same in both cases. */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/(?<mark>[*?])/u).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : RegExp.escape(part);
  });
  const whole = new RegExp(`^${parts.join('')}$`, 'isu');
  return (name) => whole.test(name);
}
