import type { SpotterLanguage, StopWord } from './stopWords.ts';

/** To the worker. The first message says where the models are. */
export type SpotterRequest =
  | { readonly type: 'load'; readonly language: SpotterLanguage; readonly modelBase: string }
  /** Whether words are listened for; without that only the room is followed. */
  | { readonly type: 'listen'; readonly isListening: boolean }
  /** 20 ms of the microphone. */
  | { readonly type: 'heard'; readonly frame: Int16Array<ArrayBuffer> }
  /** 20 ms of what the loudspeaker plays. */
  | { readonly type: 'played'; readonly frame: Int16Array<ArrayBuffer> };

/** From the worker. */
export type SpotterReply =
  | { readonly type: 'ready' }
  | { readonly type: 'speechBegan' }
  /** `word` is undefined for everything that is none of the words. */
  | { readonly type: 'speechEnded'; readonly word: StopWord | undefined }
  | { readonly type: 'failed'; readonly message: string };
