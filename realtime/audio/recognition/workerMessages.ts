import type { ExpectedSpeech, Recognition } from './recognizer.ts';

/** What the worker thread is started with. */
export type RecognitionWorkerData = {
  /** The package's module. */
  readonly moduleUrl: string;
  /** The folder of its acoustic models, with a slash at its end: the module only puts names behind it. */
  readonly modelFolder: string;
};

/** What an utterance is begun with. */
export type UtteranceRequest = ExpectedSpeech & {
  /** Whether partial texts are wanted; without them it is half the work. */
  readonly partials: boolean;
};

/** Of one utterance: one `begin`, any number of `push`, and one `end` or `cancel`. */
export type RecognitionRequest =
  | ({ readonly type: 'prepare' } & ExpectedSpeech)
  | ({ readonly type: 'begin'; readonly id: number } & UtteranceRequest)
  /** Mono PCM16 at `MODEL_RATE_HZ`. */
  | { readonly type: 'push'; readonly id: number; readonly samples: Int16Array }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'cancel'; readonly id: number };

/** `result` or `failed` answers an `end`, once. */
export type RecognitionReply =
  | { readonly type: 'partial'; readonly id: number; readonly text: string }
  | { readonly type: 'result'; readonly id: number; readonly recognition: Recognition }
  | { readonly type: 'failed'; readonly id: number; readonly error: string };

/** The rate the decoder works at. */
export const MODEL_RATE_HZ = 16_000;
