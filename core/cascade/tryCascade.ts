import { concatPcm, samplesToMs, silence } from '../../realtime/audio/index.ts';
import { errorText } from '../base/index.ts';
import { type CascadeEnds, transcriberOf, voiceOf } from './ends.ts';

const SAID = 'Good morning. Can you hear me?';
/** Both together; each has limits of its own. */
const TRY_WITHIN_MS = 45_000;

/** What came of trying one end of a cascade, as one sentence for people. */
export type TriedEnd = { readonly works: boolean; readonly detail: string };

/** Has the voice say a sentence and the ears write it down; sends nothing else. */
export async function tryCascade(
  ends: CascadeEnds,
): Promise<{ readonly textToSpeech: TriedEnd; readonly speechToText: TriedEnd }> {
  const signal = AbortSignal.timeout(TRY_WITHIN_MS);
  const spoken = await speak(ends, signal);
  // Ears can be tried with silence where there is no voice.
  const sound = spoken.sound ?? silence(1_000);
  return { textToSpeech: spoken.tried, speechToText: await hear(ends, sound, signal) };
}

async function speak(
  ends: CascadeEnds,
  signal: AbortSignal,
): Promise<{ readonly tried: TriedEnd; readonly sound?: Int16Array }> {
  const { clock } = ends;
  const voice = voiceOf(ends);
  const chunks: Int16Array[] = [];
  const beganMs = clock.nowMs();
  let firstMs: number | undefined;
  try {
    for await (const chunk of voice.speak(SAID, signal)) {
      firstMs ??= clock.nowMs() - beganMs;
      chunks.push(chunk);
    }
    const sound = concatPcm(chunks);
    const seconds = (samplesToMs(sound.length) / 1000).toFixed(1);
    const detail = `speaks: ${seconds} s of sound, the first after ${firstMs ?? 0} ms`;
    return { tried: { works: sound.length > 0, detail }, sound };
  } catch (error) {
    return { tried: { works: false, detail: errorText(error) } };
  } finally {
    await voice.close();
  }
}

async function hear(ends: CascadeEnds, sound: Int16Array, signal: AbortSignal): Promise<TriedEnd> {
  const { clock } = ends;
  const beganMs = clock.nowMs();
  try {
    const turn = transcriberOf(ends).begin({ onDelta: () => undefined });
    turn.push(sound);
    const { text } = await turn.end(signal);
    const words = text === '' ? 'no words' : JSON.stringify(text);
    return { works: true, detail: `hears ${words}, after ${clock.nowMs() - beganMs} ms` };
  } catch (error) {
    return { works: false, detail: errorText(error) };
  }
}
