import { ProductError } from '../../../core/base/index.ts';
import type {
  AskedRequest,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  UserQuestion,
} from '../../../core/protocol/index.ts';
import type { CommandIo } from '../commandIo.ts';
import type { ReadLine } from './terminalLine.ts';

type Method = 'item/tool/requestUserInput';

/** Nobody will answer; the engine tells the model so, in these words. */
class NoAnswerError extends ProductError {
  readonly code = 'noAnswer';
  readonly retryable = false;
}

export type QuestionerOptions = {
  readonly io: CommandIo;
  /** Absent where nobody sits at a terminal. */
  readonly readLine: ReadLine | undefined;
  /** Makes room for a question, and is called again when it is over. */
  readonly onAsking: () => void;
  readonly onAsked: () => void;
};

/** Puts what the agent wants to know to the user at the terminal, one question after the other. */
export class Questioner {
  readonly #options: QuestionerOptions;
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: QuestionerOptions) {
    this.#options = options;
  }

  /** Rejects with one sentence where nobody can be asked, or the user closes the input. */
  async answer(
    { questions }: ServerRequestParamsOf<Method>,
    { over }: Pick<AskedRequest, 'over'>,
  ): Promise<ServerRequestResponseOf<Method>> {
    const { readLine } = this.#options;
    if (readLine === undefined) {
      throw new NoAnswerError('parley exec runs without a terminal, so nobody can be asked');
    }
    // A terminal holds one conversation at a time.
    const before = this.#before;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#before = promise;
    await before;
    try {
      return await this.#ask(questions, readLine, over);
    } finally {
      resolve();
    }
  }

  async #ask(
    questions: readonly UserQuestion[],
    readLine: ReadLine,
    over: Promise<void>,
  ): Promise<ServerRequestResponseOf<Method>> {
    const { io, onAsking, onAsked } = this.#options;
    onAsking();
    try {
      const answers: Record<string, { answers: string[] }> = {};
      for (const question of questions) {
        io.stderr.write(questionText(question));
        let line: string | undefined = '';
        while (line?.trim() === '') {
          io.stderr.write('> ');
          line = await readLine({ isSecret: question.isSecret, over });
        }
        if (line === undefined) {
          io.stderr.write('\n');
          throw new NoAnswerError('the user closed the input without an answer');
        }
        answers[question.id] = { answers: [chosen(question, line)] };
      }
      return { answers };
    } finally {
      onAsked();
    }
  }
}

function questionText({ header, question, options, isSecret }: UserQuestion): string {
  const choices = (options ?? []).map(({ label, description }, index) => {
    const more = description === '' ? '' : ` – ${description}`;
    return `  ${index + 1}. ${label}${more}\n`;
  });
  const how =
    choices.length > 0
      ? 'Type a number or your own words.'
      : `Type your answer${isSecret ? '; it is not shown' : ''}.`;
  return `\n${header}: ${question}\n${choices.join('')}${how}\n`;
}

/** A number stands for its option, a label for itself in any case; other words for themselves. */
function chosen({ options, isSecret }: UserQuestion, line: string): string {
  if (isSecret) return line;
  const words = line.trim();
  const byNumber = /^\d$/u.test(words) ? options?.[Number(words) - 1] : undefined;
  const named = options?.find(({ label }) => label.toLowerCase() === words.toLowerCase());
  return (byNumber ?? named)?.label ?? words;
}
