import type { WaitingFor } from './talkState.ts';

/** As long as the voice session may take to start. */
export const START_LIMIT_MS = 15_000;

/** How long nothing may happen while something is waited for, and what it means if it does not. */
export const LIMITS: Readonly<
  Record<WaitingFor, { readonly ms: number; readonly problem?: string }>
> = {
  input: { ms: Number.POSITIVE_INFINITY },
  speech: { ms: 5_000, problem: 'No speech was detected in the file.' },
  endOfSpeech: { ms: 30_000, problem: 'The end of the speech was not detected within 30 s.' },
  answer: { ms: 30_000, problem: 'No answer came within 30 s after the end of the speech.' },
  endOfAnswer: { ms: 30_000, problem: 'The answer stopped coming; nothing arrived for 30 s.' },
  handover: { ms: 30_000, problem: 'The background task did not start within 30 s.' },
  task: { ms: 600_000, problem: 'The background task gave no sign for 10 minutes.' },
  // A finished task is reported on as a rule, but the model may have said all before.
  taskReport: { ms: 5_000 },
  // Transcripts of the user may come after the answer.
  nothing: { ms: 1_000 },
};

/** The one word on the progress line. */
export const WORDS: Readonly<Record<WaitingFor, string>> = {
  input: 'Speaking',
  speech: 'Listening',
  endOfSpeech: 'Listening',
  answer: 'Thinking',
  endOfAnswer: 'Answering',
  handover: 'Working',
  task: 'Working',
  taskReport: 'Working',
  nothing: 'Finishing',
};
