import type { CommandIo } from './commandIo.ts';

/** What every command gets from the process it runs in. */
export type ProgramContext = {
  /** The folder of package.json. */
  readonly root: string;
  readonly io: CommandIo;
};
