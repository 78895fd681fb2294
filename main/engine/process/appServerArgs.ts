/** What every command that starts an engine accepts. */
export type EngineArgs = {
  readonly configOverrides: readonly string[];
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  /** False for an engine that joins nobody, and that nobody joins. */
  readonly join?: boolean;
};

export type AppServerArgs = EngineArgs & { readonly listen: string };

type Lists = {
  readonly configOverrides: string[];
  readonly enable: string[];
  readonly disable: string[];
};

const LIST_FLAGS: Readonly<Record<string, keyof Lists>> = {
  '-c': 'configOverrides',
  '--config': 'configOverrides',
  '--enable': 'enable',
  '--disable': 'disable',
};

/**
 * Reads the plain forms of the arguments of `app-server` without loading the command line's parser.
 * Anything else (help, a mistake, a flag grown later) gives `undefined` and is the full parser's.
 */
export function readAppServerArgs(args: readonly string[]): AppServerArgs | undefined {
  const lists: Lists = { configOverrides: [], enable: [], disable: [] };
  let listen = 'stdio://';
  let join = true;
  for (let index = 0; index < args.length; index += 1) {
    const flag = args[index] ?? '';
    if (flag === '--stdio') continue;
    if (flag === '--no-join') {
      join = false;
      continue;
    }
    index += 1;
    const value = args[index];
    if (value === undefined || value.startsWith('-')) return undefined;
    const list = Object.hasOwn(LIST_FLAGS, flag) ? LIST_FLAGS[flag] : undefined;
    if (list !== undefined) lists[list].push(value);
    else if (flag === '--listen') listen = value;
    else return undefined;
  }
  return { ...lists, listen, ...(!join && { join }) };
}
