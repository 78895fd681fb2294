import { setImmediate } from 'node:timers/promises';

import type { ManualClock } from '../base/testing/index.ts';
import type { RpcProbe } from './rpcProbe.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Turns the hands of the clock until the n-th turn has ended, however many waits that takes, and
 * resolves with that turn. For turns that nothing but time can end, of threads that are ephemeral: a disk
 * takes time of its own, and the hands would go on meanwhile.
 */
export async function timedOut(
  clock: ManualClock,
  probe: RpcProbe,
  n = 1,
  stepMs = 1000,
): Promise<Fields> {
  for (;;) {
    // Lets what is on the wire arrive before time goes on.
    await setImmediate();
    await setImmediate();
    const ended = probe.all('turn/completed')[n - 1];
    if (ended !== undefined) return fields(ended['turn']);
    clock.advance(stepMs);
  }
}

/** Resolves with the n-th turn that ended, as clients are told of it. */
export async function turnEnded(probe: RpcProbe, n = 1): Promise<Fields> {
  return fields((await probe.notification('turn/completed', n))['turn']);
}

/** Items and turns that began and did not end, or ended twice, in words; nothing when all is well. */
export function looseItems(probe: RpcProbe): readonly string[] {
  return [
    ...loose(idsOf(probe, 'item/started', 'item'), idsOf(probe, 'item/completed', 'item')),
    ...loose(idsOf(probe, 'turn/started', 'turn'), idsOf(probe, 'turn/completed', 'turn')),
  ];
}

function loose(begun: readonly string[], ended: readonly string[]): readonly string[] {
  return [
    ...begun.filter((id) => !ended.includes(id)).map((id) => `${id} is open`),
    ...ended.filter((id) => !begun.includes(id)).map((id) => `${id} ended and never began`),
    ...ended.filter((id, index) => ended.indexOf(id) !== index).map((id) => `${id} ended twice`),
  ];
}

/** The items of a kind that were completed, in order. */
export function completedItems(probe: RpcProbe, type: string): readonly Fields[] {
  return probe
    .all('item/completed')
    .map(({ item }) => fields(item))
    .filter((item) => item['type'] === type);
}

function idsOf(probe: RpcProbe, method: string, field: string): readonly string[] {
  return probe.all(method).map((params) => {
    const value = fields(params[field]);
    const type = typeof value['type'] === 'string' ? value['type'] : 'turn';
    return `${type} ${String(value['id'])}`;
  });
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
