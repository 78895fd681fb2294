import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SpeechLanguage } from './grammar/index.ts';
import { MODEL_RATE_HZ, type RecognitionWorkerData } from './workerMessages.ts';

/** A word of a result: where it begins and how long it lasts in seconds, and its likelihood. */
export type DecodedWord = {
  readonly t: string;
  readonly b: number;
  readonly d: number;
  readonly p: number;
};

/** What we use of the package's decoder. Its own types ask for those of a browser. */
export type NativeDecoder = {
  initialize(): Promise<void>;
  set_grammar(jsgf: string): void;
  start(): void;
  stop(): void;
  /** With `isWhole`, levels are those of the whole utterance, and not what earlier ones let expect. */
  process_audio(samples: Float32Array, noSearch: boolean, isWhole: boolean): number;
  get_text(): string;
  get_alignment(): { readonly w: readonly DecodedWord[] };
  lookup_word(word: string): string | null;
  add_words(...entries: readonly (readonly [string, string])[]): void;
};

export type DecoderConfig = Readonly<Record<string, string | number | boolean>>;

type SoundSwallower = { readonly Decoder: new (config: DecoderConfig) => NativeDecoder };
type ModuleOptions = {
  readonly modelBase: string;
  readonly defaultModel: string;
  readonly print: () => void;
  readonly printErr: () => void;
};
type ModuleFactory = (options: ModuleOptions) => Promise<SoundSwallower>;

const MODELS: Readonly<Record<SpeechLanguage, string>> = { en: 'en-us', fr: 'fr-fr' };

export async function createDecoder(
  { moduleUrl, modelFolder }: RecognitionWorkerData,
  language: SpeechLanguage,
  config: DecoderConfig,
): Promise<NativeDecoder> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package's default export, version pinned
  const { default: load } = (await import(moduleUrl)) as { readonly default: ModuleFactory };
  const module = await load({
    modelBase: modelFolder,
    defaultModel: MODELS[language],
    // It prints what it also throws.
    print: () => undefined,
    printErr: () => undefined,
  });
  const decoder = new module.Decoder({ samprate: MODEL_RATE_HZ, loglevel: 'FATAL', ...config });
  await decoder.initialize();
  return decoder;
}

/** The phones that a language is spoken with, without those that stand for silence and noise. */
export async function phonesOf(
  { modelFolder }: RecognitionWorkerData,
  language: SpeechLanguage,
): Promise<string[]> {
  const file = join(modelFolder, MODELS[language], 'phoneset.json');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of the package, version pinned
  const phones = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, string>>;
  return Object.keys(phones).filter((phone) => /^\p{L}+$/u.test(phone) && phone !== 'SIL');
}
