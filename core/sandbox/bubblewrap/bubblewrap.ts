import { join } from 'node:path';
import process from 'node:process';

import { AsyncLazy } from '../../base/index.ts';
import { accessTo, type FileRules, type ResolvedPermissions } from '../../permissions/index.ts';
import type { PreparedCommand, SandboxCommand } from '../contract.ts';
import { findMatches } from '../denyGlobs/index.ts';
import { SandboxError } from '../errors.ts';
import { rawPath } from '../paths/index.ts';
import { isFilterArch, seccompFilter } from '../seccomp/index.ts';
import { bubblewrapArguments, type BubblewrapRequest } from './arguments.ts';
import { handOver } from './handover.ts';
import { restoreLinks } from './linkGuard.ts';
import { planMounts } from './mountPlan.ts';
import { Placeholders } from './placeholders.ts';
import { findPlaces, type FirstMet, type Places } from './places.ts';
import { findBubblewrap } from './program.ts';
import { notAllowed, notInstalled, runTrial, unknownProcessor } from './trial.ts';

const SHELL = '/bin/sh';
/** Opens what is handed over, and becomes the sandbox. */
const START = 'exec 3<"$1" 4<"$2"; shift 2; exec "$@"';
/** Keys that end a command are for what runs in the terminal, and not for the sandbox around it. */
const START_ON_TERMINAL = `trap '' INT QUIT TSTP; ${START}`;
/** Within, the keys count again: what is ignored stays so from one program to the next. */
const HEAR_KEYS = ['/usr/bin/env', '--default-signal=INT,QUIT,TSTP'];
const ARGUMENTS_DESCRIPTOR = 3;
const FILTER_DESCRIPTOR = 4;

const WHOLE_DISK: Places = {
  places: [{ path: rawPath('/'), access: 'write', kind: 'folder' }],
  links: [],
  turnable: [],
};

/** Commands in namespaces of their own, by the program bubblewrap. */
export class Bubblewrap {
  readonly #folder: string;
  readonly #placeholders: Placeholders;
  readonly #firstMet: FirstMet = new Map();
  readonly #program = new AsyncLazy(() => this.#findProgram());
  readonly #hearsKeys = new AsyncLazy(() => hearsKeys());

  /** `home` is Parley's own folder. */
  constructor(home: string) {
    this.#folder = join(home, 'sandbox');
    this.#placeholders = new Placeholders(this.#folder);
  }

  async prepare(
    { argv, cwd, env, isTerminal = false }: SandboxCommand,
    { files, network }: ResolvedPermissions,
  ): Promise<PreparedCommand> {
    refuseClosedFolder(files, cwd);
    const program = await this.#program.get();
    const canHearKeys = isTerminal && (await this.#hearsKeys.get());
    const matches = files.kind === 'restricted' ? await findMatches(files) : [];
    // From here on nothing is waited for: the disk is looked at and what is there is handed over in one go.
    const places =
      files.kind === 'restricted'
        ? findPlaces(files, this.#firstMet, (path) => this.#placeholders.has(path))
        : WHOLE_DISK;
    const planned = planMounts({ ...places, matches });
    const hold = this.#placeholders.hold(
      planned.flatMap((mount) => (mount.kind === 'hold' ? [mount.path] : [])),
    );
    const release = (): void => {
      hold.release();
      restoreLinks(places.turnable);
    };
    try {
      const started = this.#handOver({
        mounts: planned.filter((mount) => mount.kind !== 'hold' || hold.held.has(mount.path)),
        hasNetwork: network === 'enabled',
        isTerminal,
        cwd,
        env,
      });
      return {
        program: SHELL,
        args: [
          '-c',
          canHearKeys ? START_ON_TERMINAL : START,
          SHELL,
          ...started.paths,
          program,
          '--args',
          String(ARGUMENTS_DESCRIPTOR),
          '--',
          ...(canHearKeys ? HEAR_KEYS : []),
          ...argv,
        ],
        cwd,
        env: {},
        isSandboxed: true,
        dispose: () => {
          started.dispose();
          release();
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** What the sandbox is started with, where it finds that. */
  #handOver(request: Omit<BubblewrapRequest, 'filterDescriptor'>): Handed {
    const argumentsHanded = handOver(
      bubblewrapArguments({ ...request, filterDescriptor: FILTER_DESCRIPTOR }),
      this.#folder,
    );
    try {
      const filter = handOver(nativeFilter(), this.#folder);
      return {
        paths: [argumentsHanded.path, filter.path],
        dispose: () => {
          argumentsHanded.dispose();
          filter.dispose();
        },
      };
    } catch (error) {
      argumentsHanded.dispose();
      throw error;
    }
  }

  /** Where bubblewrap is, once it has been seen to work here. */
  async #findProgram(): Promise<string> {
    const program = findBubblewrap();
    if (program === undefined) throw notInstalled();
    this.#placeholders.sweep();
    const trial = this.#handOver({
      mounts: planMounts({ ...WHOLE_DISK, matches: [] }),
      hasNetwork: false,
      isTerminal: false,
      cwd: '/',
      env: {},
    });
    try {
      const said = await runTrial({
        program: SHELL,
        args: [
          '-c',
          START,
          SHELL,
          ...trial.paths,
          program,
          '--args',
          String(ARGUMENTS_DESCRIPTOR),
          '--',
          SHELL,
          '-c',
          ':',
        ],
      });
      if (said !== undefined) throw notAllowed(said);
      return program;
    } finally {
      trial.dispose();
    }
  }
}

type Handed = { readonly paths: readonly [string, string]; dispose(): void };

function nativeFilter(): Uint8Array {
  if (!isFilterArch(process.arch)) throw unknownProcessor(process.arch);
  return seccompFilter(process.arch);
}

/** Whether a program here can make the keys of a terminal count again. */
async function hearsKeys(): Promise<boolean> {
  const [program = '', ...args] = HEAR_KEYS;
  return (await runTrial({ program, args: [...args, SHELL, '-c', ':'] })) === undefined;
}

function refuseClosedFolder(files: FileRules, cwd: string): void {
  if (accessTo(files, cwd) === 'deny') {
    throw new SandboxError('refused', `No command can work in ${cwd}: it may not be read.`);
  }
}
