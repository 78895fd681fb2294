import { CascadeVoice } from '../support/index.ts';
import { type Benchmark, middleOf } from './row.ts';

const ADDED_MS = 60;

/** What a cascade adds between the end of speech and the first sound to what its three parts take. */
export const benchCascade: Benchmark = async ({ rounds }) => {
  await using voice = await CascadeVoice.start();
  const { servers } = voice;
  servers.firstByteMs = { ears: 40, text: 60, mouth: 30 };
  const added: number[] = [];
  const parts: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    servers.firstBytesMs.length = 0;
    const { firstSoundMs } = await voice.turn();
    if (firstSoundMs === undefined) throw new Error('The cascade did not answer.');
    const ofParts = servers.firstBytesMs.reduce((sum, ms) => sum + ms, 0);
    // The first round does not count.
    if (round === 0) continue;
    added.push(firstSoundMs - ofParts);
    parts.push(ofParts);
  }
  const note = `beside ${middleOf(parts).value.toFixed(0)} ms of the parts`;
  return [
    {
      what: 'cascade: end of speech to first sound, beyond the first bytes of its three parts, p50',
      unit: 'ms',
      ours: { ...middleOf(added), note },
      against: [],
      promised: { atMost: ADDED_MS },
    },
  ];
};
