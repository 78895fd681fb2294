import { createLineTransport } from '../../../../core/rpc/index.ts';
import { systemClock } from '../../../../core/platform/index.ts';
import { RpcProbe } from '../../../../core/testing/index.ts';
import {
  ATTACKS,
  type AttackName,
  type Cell,
  type Door,
  type OpenDoor,
  type Told,
} from '../cells.ts';
import { Product } from '../../product.ts';
import { stopped } from '../socketCells.ts';
import type { Behaviour, HostilePeer } from './hostilePeer.ts';

export type Engine = { readonly product: Product; readonly probe: RpcProbe };

type ToldOf = Partial<Readonly<Record<AttackName, Told>>>;

export type PeerAddress = {
  /** The provider's base address for each attack, and for those who get a right answer. */
  readonly baseUrl: (behaviour: Behaviour) => string;
  /** Lines of every provider's table. */
  readonly settings?: readonly string[];
  /** Where its key comes from; a literal one unless given. */
  readonly keyOf?: (behaviour: Behaviour) => string;
};

/** An engine with a client, and a provider for each attack. */
export async function startEngineAt(peer: PeerAddress): Promise<Engine> {
  const product = await Product.start(['app-server'], { config: configFor(peer) });
  const probe = new RpcProbe(
    createLineTransport({
      input: product.child.stdout,
      output: product.child.stdin,
      onUnreadable: () => undefined,
      clock: systemClock,
    }),
  );
  await probe.hello('sweep', { experimentalApi: true });
  return { product, probe };
}

/** A door through which the engine goes out: a provider for each attack, and one that answers. */
export function engineDoor(
  door: Omit<PeerAddress, 'baseUrl'> & {
    readonly name: string;
    readonly maxMemoryMiB: number;
    readonly peer: () => Promise<HostilePeer>;
    readonly cells: (engine: Engine) => OpenDoor['cells'];
  },
): Door {
  const { name, maxMemoryMiB } = door;
  return {
    name,
    maxMemoryMiB,
    open: async () => {
      await using opening = new AsyncDisposableStack();
      const { baseUrl } = opening.use(await door.peer());
      const engine = await startEngineAt({ ...door, baseUrl });
      opening.use(engine.product);
      const resources = opening.move();
      return {
        product: engine.product,
        askAsOther: () => askText(engine),
        cells: door.cells(engine),
        [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
      };
    },
  };
}

/** The well-behaved one: its own thread, at the provider that answers. */
async function askText({ probe }: Engine): Promise<void> {
  const lines = await turnAt(probe, 'none');
  if (lines.length > 0) throw new Error(lines.join('; '));
}

/** What neither turn nor talk ends of by itself soon. */
const STOPPED: ReadonlySet<AttackName> = new Set(['endless', 'silent']);

const cellsOf = (
  told: ToldOf,
  attack: (name: AttackName, stopAfter: AbortSignal | undefined) => Promise<readonly string[]>,
): OpenDoor['cells'] => {
  const cellOf = (name: AttackName): Cell => ({
    told: told[name] ?? 'nothing',
    attack: async (stop) => attack(name, STOPPED.has(name) ? stop : undefined),
  });
  return {
    deep: cellOf('deep'),
    huge: cellOf('huge'),
    torn: cellOf('torn'),
    binary: cellOf('binary'),
    endless: cellOf('endless'),
    slow: cellOf('slow'),
    silent: cellOf('silent'),
    'wrong type': cellOf('wrong type'),
  };
};

/**
 * The cells of text turns. A turn that a provider keeps open is interrupted after the others were
 * answered, which it has to obey.
 */
export const textCells = ({ probe }: Engine, told: ToldOf): OpenDoor['cells'] =>
  cellsOf(
    { endless: /^interrupted$/u, silent: /^interrupted$/u, ...told },
    async (name, stopAfter) => turnAt(probe, name, stopAfter),
  );

/** Turns whose provider answers, whatever else is asked of it. */
export const answeredCells = ({ probe }: Engine, told: ToldOf): OpenDoor['cells'] =>
  cellsOf(told, async (name) => turnAt(probe, name));

/** The cells of conversations by voice, which are stopped after the others were answered. */
export const voiceCells = ({ probe }: Engine, transport: object, told: ToldOf): OpenDoor['cells'] =>
  cellsOf(told, async (name, stopAfter) => talkAt(probe, name, transport, stopAfter));

/** Runs a turn to its end; resolves to what the client was told of it but a completed answer. */
async function turnAt(
  probe: RpcProbe,
  provider: Behaviour,
  interruptedAfter?: AbortSignal,
): Promise<readonly string[]> {
  const threadId = await probe.thread({ modelProvider: idOf(provider) });
  const mark = probe.mark;
  const turnId = await probe.turn(threadId, 'Hi');
  const ended = probe.notification('turn/completed', 1, of(threadId));
  if (interruptedAfter !== undefined) {
    await stopped(interruptedAfter);
    await probe.ask('turn/interrupt', { threadId, turnId });
  }
  const turn = (await ended)['turn'] as { status: string; error: { message: string } | null };
  await probe.call('thread/unsubscribe', { threadId });
  const lines = wordsOf(probe, mark, threadId, 'error');
  if (turn.status === 'interrupted') lines.push('interrupted');
  if (turn.status === 'failed') lines.push(turn.error?.message ?? 'failed without a word');
  // The end of a turn repeats its error.
  return Array.from(new Set(lines));
}

/** Talks until it ends; resolves to the errors that the client was told. */
async function talkAt(
  probe: RpcProbe,
  provider: Behaviour,
  transport: object,
  stoppedAfter?: AbortSignal,
): Promise<readonly string[]> {
  const threadId = await probe.thread({ modelProvider: idOf(provider) });
  const mark = probe.mark;
  await probe.ask('thread/realtime/start', { threadId, outputModality: 'audio', transport });
  const closed = probe.notification('thread/realtime/closed', 1, of(threadId));
  const warned = probe.notification('thread/realtime/warning', 1, of(threadId));
  const failed = probe.notification('thread/realtime/error', 1, of(threadId));
  if (stoppedAfter === undefined) await Promise.race([closed, warned, failed]);
  else await Promise.race([stopped(stoppedAfter), failed]);
  await probe.ask('thread/realtime/stop', { threadId });
  // A start that failed has nothing to close.
  const hasStarted = probe.all('thread/realtime/started').some(of(threadId));
  if (hasStarted) await closed;
  await probe.call('thread/unsubscribe', { threadId });
  return [
    ...wordsOf(probe, mark, threadId, 'thread/realtime/error'),
    ...wordsOf(probe, mark, threadId, 'thread/realtime/warning'),
  ];
}

const of =
  (threadId: string) =>
  (params: Readonly<Record<string, unknown>>): boolean =>
    params['threadId'] === threadId;

function wordsOf(probe: RpcProbe, mark: number, threadId: string, method: string): string[] {
  return probe.messages.slice(mark).flatMap(({ method: given, params }) => {
    if (given !== method || params?.['threadId'] !== threadId) return [];
    const { message, error } = params as { message?: string; error?: { message: string } };
    return [message ?? error?.message ?? 'without a word'];
  });
}

const idOf = (behaviour: Behaviour): string => behaviour.replace(' ', '_');

const LITERAL_KEY = 'experimental_bearer_token = "sweep"';

function configFor({ baseUrl, settings = [], keyOf = () => LITERAL_KEY }: PeerAddress): string {
  const tables = [...ATTACKS, 'none' as const].map((behaviour) =>
    [
      `[model_providers.${idOf(behaviour)}]`,
      `name = "${idOf(behaviour)}"`,
      `base_url = "${baseUrl(behaviour)}"`,
      keyOf(behaviour),
      'request_max_retries = 0',
      'stream_max_retries = 0',
      ...settings,
    ].join('\n'),
  );
  return ['model = "sweep"\nmodel_provider = "none"', ...tables, ''].join('\n\n');
}
