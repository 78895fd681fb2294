export { SentenceCutter, sentencesOf } from './sentenceCutter.ts';
