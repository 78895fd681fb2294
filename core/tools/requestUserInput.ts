import * as z from 'zod';

import { assertNever } from '../base/index.ts';
import type { Outcome } from '../interactions/index.ts';
import { jsonTool } from './jsonTool.ts';

const MOST_QUESTIONS = 3;
const MOST_OPTIONS = 4;

const text = z
  .string()
  .trim()
  .refine((words) => words !== '', 'must not be blank');

/** Asks the user and waits for as long as it takes (responses §12.2). */
export const requestUserInputTool = jsonTool({
  name: 'request_user_input',
  description:
    'Asks the user one to three short questions and waits for the answers. Use it when you cannot ' +
    'go on sensibly without a decision or a fact that only the user has; do not use it for what you ' +
    'can find out or choose yourself. Offer options where the answer is a choice; the user may ' +
    'always answer in other words.',
  concurrency: 'parallel',
  arguments: z.object({
    questions: z
      .array(
        z.object({
          id: text.describe('Names the answer; snake_case, all different.'),
          header: text.describe('What it is about, in one or two words.'),
          question: text.describe('One sentence, as one would say it aloud.'),
          options: z
            .array(
              z.object({
                label: z.string().describe('One to five words.'),
                description: z.string().default('').describe('What choosing it means.'),
              }),
            )
            .max(MOST_OPTIONS)
            .describe('Answers to choose from, the best one first. Leave out for free text.')
            .optional(),
          is_secret: z
            .boolean()
            .describe('True for passwords and the like: typed unseen, never spoken.')
            .optional(),
        }),
      )
      .min(1)
      .max(MOST_QUESTIONS),
  }),
  async run({ questions }, context) {
    const repeated = questions.find(
      ({ id }, index) => questions.findIndex((other) => other.id === id) !== index,
    );
    if (repeated !== undefined) throw new Error(`two questions have the id ${repeated.id}`);
    const asked = await context.ask(
      questions.map(({ id, header, question, options, is_secret: isSecret }) => ({
        id,
        header,
        question,
        isOther: true,
        isSecret: isSecret ?? false,
        options: options === undefined || options.length === 0 ? null : options,
      })),
    );
    context.signal.throwIfAborted();
    return outputOf(asked);
  },
});

function outputOf(asked: Outcome<'userInput'>): string {
  if (asked.type === 'accepted') return JSON.stringify({ answers: asked.response.answers });
  switch (asked.because) {
    case 'expired':
      return 'The user did not answer in time.';
    case 'withdrawn':
      return 'The question was withdrawn before the user answered.';
    case 'declined':
    case 'cancelled':
    case 'failed':
    case 'nobody':
      return `The user could not be asked: ${asked.words ?? asked.because}. Go on without the answer as well as you can, and say what you assumed.`;
    default:
      return assertNever(asked.because, 'refusal');
  }
}
