import { shortened } from '../../base/index.ts';

/**
 * How a question of the agent reads to the voice model (realtime-v2 §19.8), written and read in this one
 * place: the built-in voice model gets it over a wire, so it has nothing but the text.
 */

const LIMIT_CHARS = 1_000;
const START = 'The agent needs an answer before it goes on:';
const END = 'Ask the user in one short sentence, then pass the answer on with background_agent.';
const NO_MORE = 'The agent needs no answer any more.';

/** What becomes of a question that is not open any more. */
export const QUESTION_OVER = {
  answeredOnScreen: `The user has answered on the screen. ${NO_MORE}`,
  withdrawn: NO_MORE,
} as const;

/** `options` are the labels to choose from, where there are any. */
export function writeQuestion(question: string, options: readonly string[]): string {
  const asked = inOneLine(question);
  const sentence = /[.!?…:]$/u.test(asked) ? asked : `${asked}.`;
  const labels = options.map(inOneLine);
  const choice = labels.length === 0 ? '' : ` Options: ${labels.join(', ')}.`;
  return `${START} ${sentence}${choice} ${END}`;
}

/** What a message of the agent says of its questions; undefined when it is about something else. */
export function readQuestion(
  text: string,
):
  | { readonly type: 'asked'; readonly question: string; readonly options: readonly string[] }
  | { readonly type: 'over' }
  | undefined {
  if (text.endsWith(NO_MORE)) return { type: 'over' };
  if (!text.startsWith(START) || !text.endsWith(END)) return undefined;
  const asked = text.slice(START.length, -END.length).trim();
  const at = asked.lastIndexOf(' Options: ');
  if (at === -1) return { type: 'asked', question: asked, options: [] };
  const options = asked.slice(at + ' Options: '.length, -1).split(', ');
  return { type: 'asked', question: asked.slice(0, at), options };
}

/** Long words are cut: they are put into one sentence. */
export function inOneLine(text: string): string {
  return shortened(text.trim().replaceAll(/\s+/gu, ' '), LIMIT_CHARS);
}
