import { inspect } from 'node:util';

import type { AttackName, Door, OpenDoor, Told } from './cells.ts';

/** Longer than anything a machine under load makes somebody wait, shorter than a stall by an attack. */
const ANSWER_WITHIN_MS = 10_000;
/** For an attack to end by itself after `stop`. */
const END_WITHIN_MS = 20_000;

/** Attacks a door once; resolves to what was not as it should be, a sentence each. */
export async function attackOnce(
  door: Door,
  { product, askAsOther, cells }: OpenDoor,
  name: AttackName,
): Promise<readonly string[]> {
  const { attack, told } = cells[name];
  const problems: string[] = [];
  const stop = new AbortController();
  product.forgetPeak();
  const [, ...enginesBefore] = product.processIds();
  const attacked = attack(stop.signal);
  const ask = async (when: string): Promise<void> => {
    const problem = await problemOf(askAsOther(), ANSWER_WITHIN_MS);
    if (problem !== undefined) problems.push(`another connection ${when}: ${problem}`);
  };
  await ask('during the attack');
  stop.abort();
  try {
    const lines = await within(attacked, END_WITHIN_MS);
    if (!isRight(lines, told)) {
      problems.push(`was told ${JSON.stringify(lines)}, not ${inspect(told)}`);
    }
  } catch (error) {
    problems.push(`the attack did not end: ${String(error)}`);
  }
  await ask('after the attack');
  if (product.hasEnded) problems.push(`the process ended: ${product.lastWords}`);
  const stillRun = new Set(product.processIds());
  if (door.runsEngineBelow === true && !enginesBefore.every((pid) => stillRun.has(pid))) {
    problems.push('the engine below it ended');
  }
  const peakMiB = product.peakMemoryMiB();
  if (peakMiB !== undefined && peakMiB > door.maxMemoryMiB) {
    problems.push(`took ${Math.round(peakMiB)} MiB, more than ${door.maxMemoryMiB}`);
  }
  return problems.map((problem) => `${door.name}, ${name}: ${problem}`);
}

function isRight(lines: readonly string[], told: Told): boolean {
  if (told === 'nothing') return lines.length === 0;
  if (told instanceof RegExp) return lines.length === 1 && lines.every((line) => told.test(line));
  return lines.length === 0 || isRight(lines, told.atMost);
}

async function problemOf(asked: Promise<void>, limitMs: number): Promise<string | undefined> {
  try {
    await within(asked, limitMs);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function within<Value>(work: Promise<Value>, limitMs: number): Promise<Value> {
  const limit = AbortSignal.timeout(limitMs);
  const { promise, reject } = Promise.withResolvers<never>();
  limit.addEventListener('abort', () => {
    reject(new Error(`nothing within ${limitMs / 1000} s`));
  });
  return Promise.race([work, promise]);
}
