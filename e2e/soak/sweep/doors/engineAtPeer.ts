import { createLineTransport } from '../../../../core/rpc/index.ts';
import { systemClock } from '../../../../core/platform/index.ts';
import { RpcProbe } from '../../../../core/testing/index.ts';
import { ATTACKS, type AttackName, type Cell } from '../cells.ts';
import { Product } from '../product.ts';
import { stopped } from '../socketCells.ts';

export type PeerAddress = {
  /** The provider's base address for each attack, and for those who get a right answer. */
  readonly baseUrl: (attack: AttackName | 'none') => string;
  /** Lines of every provider's table. */
  readonly settings: readonly string[];
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

export type Engine = { readonly product: Product; readonly probe: RpcProbe };

/** The well-behaved one: its own thread, at the provider that answers. */
export async function askText({ probe }: Engine): Promise<void> {
  const lines = await turnAt(probe, 'none');
  if (lines.length > 0) throw new Error(lines.join('; '));
}

/** What a turn does not end of by itself soon. */
const INTERRUPTED: ReadonlySet<AttackName> = new Set(['endless', 'silent']);

/**
 * The cells of text turns. A turn that a provider keeps open is interrupted after the others were
 * answered, which it has to obey.
 */
export function textCells(
  { probe }: Engine,
  told: Partial<Readonly<Record<AttackName, RegExp>>>,
): Readonly<Record<AttackName, Cell>> {
  const cellOf = (name: AttackName): Cell => ({
    told: INTERRUPTED.has(name) ? /^interrupted$/u : (told[name] ?? 'nothing'),
    attack: async (stop) => turnAt(probe, name, INTERRUPTED.has(name) ? stop : undefined),
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
}

/** Runs a turn to its end; resolves to what the client was told of it but a completed answer. */
async function turnAt(
  probe: RpcProbe,
  provider: AttackName | 'none',
  interruptedAfter?: AbortSignal,
): Promise<readonly string[]> {
  const threadId = await probe.thread({ modelProvider: idOf(provider) });
  const mark = probe.mark;
  const turnId = await probe.turn(threadId, 'Hi');
  const ended = probe.notification(
    'turn/completed',
    1,
    (params) => params['threadId'] === threadId,
  );
  if (interruptedAfter !== undefined) {
    await stopped(interruptedAfter);
    await probe.ask('turn/interrupt', { threadId, turnId });
  }
  const turn = (await ended)['turn'] as { status: string; error: { message: string } | null };
  await probe.ask('thread/unsubscribe', { threadId });
  const lines = probe.messages.slice(mark).flatMap(({ method, params }) => {
    const isOfThread = method === 'error' && params?.['threadId'] === threadId;
    return isOfThread ? [(params['error'] as { message: string }).message] : [];
  });
  if (turn.status === 'interrupted') lines.push('interrupted');
  if (turn.status === 'failed') lines.push(turn.error?.message ?? 'failed without a word');
  // The end of a turn repeats its error.
  return Array.from(new Set(lines));
}

const idOf = (attack: AttackName | 'none'): string => attack.replace(' ', '_');

function configFor({ baseUrl, settings }: PeerAddress): string {
  const tables = ([...ATTACKS, 'none'] as const).map((attack) =>
    [
      `[model_providers.${idOf(attack)}]`,
      `name = "${idOf(attack)}"`,
      `base_url = "${baseUrl(attack)}"`,
      'experimental_bearer_token = "sweep"',
      'request_max_retries = 0',
      'stream_max_retries = 0',
      ...settings,
    ].join('\n'),
  );
  return ['model = "sweep"', 'model_provider = "none"', ...tables, ''].join('\n\n');
}
