import type { ResponseItem } from '../../model/index.ts';
import { sinceLastRequest } from './delegation.ts';

export const ASK_TOOL = 'request_user_input';

/** A question as the tool takes it. */
export type PracticeQuestion = {
  readonly id: string;
  readonly header: string;
  readonly question: string;
  readonly options?: readonly { readonly label: string; readonly description: string }[];
  readonly is_secret?: true;
};

const COLOUR: PracticeQuestion = {
  id: 'colour',
  header: 'Colour',
  question: 'Which colour do you like?',
  options: [
    { label: 'Teal', description: 'Blue with some green in it' },
    { label: 'Coral', description: 'Red with some orange in it' },
    { label: 'Grey', description: 'Neither warm nor cold' },
  ],
};
const SIZE: PracticeQuestion = {
  id: 'size',
  header: 'Size',
  question: 'How large should it be?',
  options: [
    { label: 'Small', description: 'Fits into a pocket' },
    { label: 'Large', description: 'Fills a table' },
  ],
};
const NAME: PracticeQuestion = {
  id: 'name',
  header: 'Name',
  question: 'What should it be called?',
};
const SECRET: PracticeQuestion = {
  id: 'secret',
  header: 'Secret',
  question: 'Which password should I use? Make one up; I only count its characters.',
  is_secret: true,
};

/** What to ask somebody who wrote "ask me" and this. */
export function questionsFor(words: string): readonly PracticeQuestion[] {
  const wanted = words.trim().replace(/[\s.!?]+$/u, '');
  if (/\b(?:three|3|several)\b/iu.test(wanted)) return [COLOUR, SIZE, NAME];
  if (/\b(?:two|2)\b/iu.test(wanted)) return [COLOUR, SIZE];
  if (/\b(?:secret|password|passphrase|pin|key)\b/iu.test(wanted)) return [SECRET];
  if (/^(?:(?:a|some|any) question|something|anything)?$/iu.test(wanted)) return [COLOUR];
  const question = asQuestion(wanted);
  if (/\bcolou?r\b/iu.test(wanted)) return [{ ...COLOUR, question }];
  const options = choiceIn(wanted);
  return [{ id: 'answer', header: 'Question', question, ...(options && { options }) }];
}

/** Modal verbs and the like that stand before "you" in a question; others need "do". */
const TURNING = /^(?:am|was|have|had|can|could|should|would|will|might|must|shall)\b/iu;

/** "which colour I like" as one would ask it. */
function asQuestion(wanted: string): string {
  const topic = /^(?:about|for) (?<topic>.+)$/isu.exec(wanted)?.groups?.['topic'];
  if (topic !== undefined) return `What should I know about ${toYou(topic)}?`;
  const told = /^(?<what>.*?)(?<who>\bI\b) (?<rest>.+)$/isu.exec(wanted)?.groups;
  if (told === undefined) return `${capital(toYou(wanted))}?`;
  const { what = '', rest = '' } = told;
  const verb = TURNING.exec(rest)?.[0] ?? '';
  const turned = verb.toLowerCase().replace(/^am$/u, 'are').replace(/^was$/u, 'were');
  const after = verb === '' ? rest : rest.slice(verb.length).trim();
  const start = what.trim().replace(/^(?:whether|if)$/iu, '');
  const parts = [start, verb === '' ? 'do' : turned, 'you', toYou(after)];
  return `${capital(parts.filter((part) => part !== '').join(' '))}?`;
}

/** Whether and either-or questions have answers of their own. */
function choiceIn(wanted: string): PracticeQuestion['options'] {
  const either = /(?<one>[\p{L}\p{N}-]+) or (?<other>[\p{L}\p{N}-]+)$/iu.exec(wanted)?.groups;
  if (either !== undefined) {
    return [either['one'] ?? '', either['other'] ?? ''].map((word) => ({
      label: capital(word),
      description: '',
    }));
  }
  if (!/^(?:whether|if)\b/iu.test(wanted)) return undefined;
  return ['Yes', 'No'].map((label) => ({ label, description: '' }));
}

const capital = (text: string): string => text.replace(/^./u, (letter) => letter.toUpperCase());

const toYou = (text: string): string =>
  text.replaceAll(/\bmy\b/giu, 'your').replaceAll(/\b(?:I|me)\b/gu, 'you');

/** What came of the question since the user last spoke; undefined before it was asked. */
export function answerSoFar(input: readonly ResponseItem[]): string | undefined {
  const items = sinceLastRequest(input);
  const call = items.find((item) => item.type === 'function_call' && item.name === ASK_TOOL);
  const callId = call?.type === 'function_call' ? call.call_id : undefined;
  const output = items.find(
    (item) => item.type === 'function_call_output' && item.call_id === callId,
  );
  if (output?.type !== 'function_call_output') return undefined;
  return typeof output.output === 'string' ? output.output : JSON.stringify(output.output);
}

/** Says what the user answered, as Markdown. */
export function describeAnswers(
  questions: readonly PracticeQuestion[],
  output: string | undefined,
): string {
  const given = readAnswers(output);
  if (given === undefined) {
    // The rest of what the tool says is for models.
    const why = /^[^.]*\./u.exec(output ?? '')?.[0] ?? '';
    return `I got no answer from you. ${why}`.trim();
  }
  const lines = questions.map((question) => {
    const answer = (given[question.id]?.answers ?? []).join(', ');
    if (answer === '') return { question, words: 'nothing' };
    const secret = question.is_secret === true;
    const words = secret ? `a secret of ${answer.length} characters` : `**${answer}**`;
    return { question, words };
  });
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return `You answered ${first.words}.`;
  const list = lines.map(({ question, words }) => `- ${question.header}: ${words}`);
  return ['You answered', ...list].join('\n');
}

type Given = Readonly<Record<string, { readonly answers: readonly string[] } | undefined>>;

function readAnswers(output: string | undefined): Given | undefined {
  try {
    const value: unknown = JSON.parse(output ?? '');
    if (typeof value !== 'object' || value === null || !('answers' in value)) return undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tool's own output
    return value.answers as Given;
  } catch {
    return undefined;
  }
}
