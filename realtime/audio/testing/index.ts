export { ScriptedRecognizer, type ScriptedUtterance } from './scriptedRecognizer.ts';
export { mainsHum, mix, tone, toneLevel, whiteNoise } from './signals.ts';
export { createToneVoice, type ToneVoice } from './toneVoice.ts';
