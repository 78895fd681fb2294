import type { SpeechLanguage } from './grammar/index.ts';
import {
  createDecoder,
  type DecoderConfig,
  type NativeDecoder,
  phonesOf,
} from './soundswallower.ts';
import type { RecognitionWorkerData } from './workerMessages.ts';

/** With this the words begin that are one phone each. */
export const RIVAL = 'other_';

/**
 * A decoder that knows each phone as a word. To read the dictionary is most of the work of making one, so
 * only the one that the others are taught by does.
 */
export async function createPhoneDecoder(
  data: RecognitionWorkerData,
  language: SpeechLanguage,
  config: DecoderConfig,
  words: 'dictionary' | 'none' = 'none',
): Promise<{ readonly decoder: NativeDecoder; readonly anyPhone: string }> {
  // The package goes on without a dictionary that is not there.
  const dictionary = words === 'none' ? { dict: `${data.modelFolder}no-dictionary` } : {};
  const decoder = await createDecoder(data, language, { ...config, ...dictionary });
  const phones = await phonesOf(data, language);
  decoder.add_words(...phones.map((phone) => [RIVAL + phone, phone] as const));
  return {
    decoder,
    anyPhone: `<phone> = ${phones.map((phone) => RIVAL + phone).join('|')};`,
  };
}

export function grammarOf(phrases: string, phones: string, rival: number): string {
  return `#JSGF V1.0; grammar phrases; public <heard> = <phrase> | <rival>;
    ${phrases} ${phones} ${rivalRule(rival)}`;
}

export function rivalRule(weight: number): string {
  return `<rival> = /${1 - weight}/ <phone> | /${weight}/ <phone> <rival>;`;
}
