import * as z from 'zod';

import { assertNever } from '../base/index.ts';
import type { Outcome } from '../interactions/index.ts';
import type { Tool } from './contract.ts';

const MOST_QUESTIONS = 3;
const MOST_OPTIONS = 4;

const text = z.string().trim().min(1);

const Arguments = z.object({
  questions: z
    .array(
      z.object({
        id: text,
        header: text,
        question: text,
        options: z
          .array(z.object({ label: text, description: z.string().nullish() }))
          .max(MOST_OPTIONS)
          .nullish(),
        is_secret: z.boolean().nullish(),
      }),
    )
    .min(1)
    .max(MOST_QUESTIONS),
});

/** Asks the user and waits for as long as it takes (responses §12.2). */
export const requestUserInputTool: Tool = {
  spec: {
    type: 'function',
    name: 'request_user_input',
    description:
      'Asks the user one to three short questions and waits for the answers. Use it when you cannot ' +
      'go on sensibly without a decision or a fact that only the user has; do not use it for what you ' +
      'can find out or choose yourself. Offer options where the answer is a choice; the user may ' +
      'always answer in other words.',
    strict: false,
    parameters: {
      type: 'object',
      properties: {
        questions: {
          type: 'array',
          minItems: 1,
          maxItems: MOST_QUESTIONS,
          items: {
            type: 'object',
            properties: {
              id: { type: 'string', description: 'Names the answer; snake_case, all different.' },
              header: { type: 'string', description: 'What it is about, in one or two words.' },
              question: { type: 'string', description: 'One sentence, as one would say it aloud.' },
              options: {
                type: 'array',
                maxItems: MOST_OPTIONS,
                description: 'Answers to choose from, the best one first. Leave out for free text.',
                items: {
                  type: 'object',
                  properties: {
                    label: { type: 'string', description: 'One to five words.' },
                    description: { type: 'string', description: 'What choosing it means.' },
                  },
                  required: ['label', 'description'],
                  additionalProperties: false,
                },
              },
              is_secret: {
                type: 'boolean',
                description: 'True for passwords and the like: typed unseen, never spoken.',
              },
            },
            required: ['id', 'header', 'question'],
            additionalProperties: false,
          },
        },
      },
      required: ['questions'],
      additionalProperties: false,
    },
  },
  async run(value, context) {
    const parsed = Arguments.safeParse(value);
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    const { questions } = parsed.data;
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
        options:
          options === null || options === undefined || options.length === 0
            ? null
            : options.map(({ label, description }) => ({ label, description: description ?? '' })),
      })),
    );
    return outputOf(asked);
  },
};

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
