import { CASCADE_PARTS, CascadeVoice, PART_FAULTS } from '../support/index.ts';
import type { Soak } from './soak.ts';

const ROUNDS_OF_AN_ENGINE = 24;

const NAMES = { ears: 'Speech to text:', text: 'The text model:', mouth: 'Text to speech:' };

/**
 * A conversation over a cascade in which one part after the other is slow, answers with 500, is cut off
 * or talks nonsense: each fault is told once, by the name of the part, and the next turn works.
 */
export const cascade: Soak = {
  // Some forty minutes: a part that says nothing is waited for.
  rounds: 330,
  async run(rounds, onRound) {
    const failures: string[] = [];
    let voice: CascadeVoice | undefined;
    try {
      for (let round = 1; round <= rounds; round += 1) {
        if (round % ROUNDS_OF_AN_ENGINE === 1) {
          await voice?.[Symbol.asyncDispose]();
          voice = await CascadeVoice.start();
        }
        if (voice === undefined) continue;
        const problem = await faultAndRecovery(voice, round);
        if (problem !== undefined) failures.push(`round ${round}: ${problem}`);
        onRound(round);
      }
    } finally {
      await voice?.[Symbol.asyncDispose]();
    }
    const summary = `${rounds} faults, each with a turn after it`;
    return { passed: rounds - failures.length, failures, summary };
  },
};

async function faultAndRecovery(voice: CascadeVoice, round: number): Promise<string | undefined> {
  const nth = round - 1;
  const part = CASCADE_PARTS[nth % CASCADE_PARTS.length] ?? 'ears';
  const kind = PART_FAULTS[Math.floor(nth / CASCADE_PARTS.length) % PART_FAULTS.length] ?? 'cut';
  voice.servers.fault = { part, kind };
  const { told } = await voice.turn();
  voice.servers.fault = undefined;
  const next = await voice.turn();
  const what = `${part}, ${kind}`;
  if (told.length !== 1 || told[0]?.includes(NAMES[part]) !== true) {
    return `${what} was told as ${JSON.stringify(told)}`;
  }
  if (next.answered && next.told.length === 0) return undefined;
  return `after ${what} the next turn was told ${JSON.stringify(next)}`;
}
