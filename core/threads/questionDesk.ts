import type { UserAnswers, UserQuestion } from '../protocol/index.ts';
import type { OpenRequest, RequestClients } from '../rpc/index.ts';
import type { Asked } from '../tools/index.ts';

type UserInputRequest = OpenRequest<'item/tool/requestUserInput'>;

/** How a question came to its end. */
export type QuestionEnd = 'client' | 'voice' | 'nobody';

/** Somebody beside the clients who can ask the user: the voice of a thread. */
export interface Attendant {
  asked(question: OpenQuestion): void;
  /** Comes once for each that was `asked`, unless the attendant leaves first. */
  ended(question: OpenQuestion, end: QuestionEnd): void;
}

/** Questions of one call that wait for the user, and what is known of the answers. */
export class OpenQuestion {
  readonly questions: readonly UserQuestion[];
  readonly turnId: string;
  readonly #request: UserInputRequest;
  #answers: UserAnswers = {};

  constructor(turnId: string, questions: readonly UserQuestion[], request: UserInputRequest) {
    this.turnId = turnId;
    this.questions = questions;
    this.#request = request;
  }

  /** The first question that is open and may be spoken about. */
  get speakable(): UserQuestion | undefined {
    return this.questions.find(
      ({ id, isSecret }) => !isSecret && !Object.hasOwn(this.#answers, id),
    );
  }

  /** True when every question has been answered by voice; its end follows. */
  get isAnswered(): boolean {
    return this.questions.every(({ id }) => Object.hasOwn(this.#answers, id));
  }

  /** Answers that question. False when there is none, or when the answer came from elsewhere already. */
  answerSpeakable(text: string): boolean {
    const question = this.speakable;
    if (question === undefined) return false;
    this.#answers = { ...this.#answers, [question.id]: { answers: [text] } };
    if (!this.isAnswered) {
      this.#request.answerPartly(this.#answers);
      return true;
    }
    return this.#request.answer({ answers: this.#answers });
  }

  /** One entry for every question and no other: a client's answer wins over an earlier spoken one. */
  whole(given: UserAnswers): UserAnswers {
    return Object.fromEntries(
      this.questions.map(({ id }) => {
        const answer = Object.hasOwn(given, id) ? given[id] : undefined;
        return [id, answer ?? this.#answers[id] ?? { answers: [] }];
      }),
    );
  }

  /** The same without what was typed in secret. */
  shown(given: UserAnswers): UserAnswers {
    const secret = new Set(this.questions.flatMap(({ id, isSecret }) => (isSecret ? [id] : [])));
    return Object.fromEntries(Object.entries(this.whole(given)).filter(([id]) => !secret.has(id)));
  }

  review(): void {
    this.#request.review();
  }
}

export type QuestionDeskOptions = {
  readonly threadId: string;
  readonly requestClients: RequestClients;
  /** Called when the thread begins to wait for its user, and when it no longer does. */
  readonly onWaitingChanged: () => void;
};

export type Question = {
  readonly turnId: string;
  readonly itemId: string;
  readonly questions: readonly UserQuestion[];
  readonly signal: AbortSignal;
};

/**
 * Where a thread's turns wait for their user. Clients are asked, and whoever attends; the first answer
 * counts, and every question ends exactly once.
 */
export class QuestionDesk {
  readonly #options: QuestionDeskOptions;
  readonly #open = new Set<OpenQuestion>();
  readonly #attendants = new Set<Attendant>();
  /** Questions that are open, or on their way to being so: the status precedes the request (app-server §4). */
  #waitingCount = 0;

  constructor(options: QuestionDeskOptions) {
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#waitingCount > 0;
  }

  /** Resolves with what came of it; never rejects. An abort withdraws the question. */
  async ask({ turnId, itemId, questions, signal }: Question): Promise<Asked> {
    if (signal.aborted) return { type: 'withdrawn' };
    const { threadId, requestClients } = this.#options;
    this.#count(1);
    const request = requestClients(
      'item/tool/requestUserInput',
      {
        threadId,
        turnId,
        itemId,
        questions: [...questions],
        isBlocking: true,
        autoResolutionMs: null,
      },
      {
        isAnswerableElsewhere: () => this.#attendants.size > 0,
        shown: ({ answers }) => question.shown(answers),
      },
    );
    const question = new OpenQuestion(turnId, questions, request);
    const withdraw = (): void => {
      request.withdraw();
    };
    signal.addEventListener('abort', withdraw, { once: true });
    this.#open.add(question);
    for (const attendant of this.#attendants) attendant.asked(question);
    const resolution = await request.resolution;
    signal.removeEventListener('abort', withdraw);
    this.#open.delete(question);
    const end = resolution.type === 'answered' ? resolution.by : 'nobody';
    for (const attendant of this.#attendants) attendant.ended(question, end);
    this.#count(-1);
    if (resolution.type !== 'answered') return resolution;
    return { type: 'answered', answers: question.whole(resolution.response.answers) };
  }

  #count(change: 1 | -1): void {
    const before = this.isWaiting;
    this.#waitingCount += change;
    if (this.isWaiting !== before) this.#options.onWaitingChanged();
  }

  /** Puts the questions that are open, and those to come, to the attendant, until it leaves. */
  attend(attendant: Attendant): () => void {
    this.#attendants.add(attendant);
    for (const question of this.#open) attendant.asked(question);
    return () => {
      if (!this.#attendants.delete(attendant)) return;
      for (const question of Array.from(this.#open)) question.review();
    };
  }
}
