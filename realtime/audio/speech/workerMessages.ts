import type { FliteStyle } from './fliteVoices.ts';
import type { WasmModule } from './wasm.ts';

/** What the worker thread is started with. */
export type SpeechWorkerData = {
  readonly module: WasmModule;
  /** A private folder the voice may write its file into. */
  readonly folder: string;
};

export type SpeechRequest = FliteStyle & { readonly id: number; readonly text: string };

/** Answers come in the order of the requests; `samples` is trimmed mono PCM16 at 24 kHz. */
export type SpeechReply =
  | { readonly id: number; readonly samples: Int16Array }
  | { readonly id: number; readonly error: string };
