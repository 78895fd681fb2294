export {
  choice,
  type Grammar,
  optional,
  repeat,
  sequence,
  slot,
  type SlotName,
  type SpeechLanguage,
  words,
} from './grammar/index.ts';
export { createSpeechRecognizer, type LocalRecognizerOptions } from './localRecognizer.ts';
export { type FilledSlot, matches, slotsIn } from './matching.ts';
export { RecognitionError, type RecognitionErrorCode } from './recognitionError.ts';
export type {
  ExpectedSpeech,
  Recognition,
  RecognitionOptions,
  RecognisedWord,
  SpeechRecognizer,
  Utterance,
} from './recognizer.ts';
export {
  digitsIn,
  numberInWords,
  ordinalInWords,
  parseSlot,
  type SlotValues,
  type SpokenDate,
  type SpokenTime,
} from './slots/index.ts';
