import type { RealtimeSession } from '../../realtime/session/index.ts';
import {
  answerHeard,
  type Consultation,
  type Interaction,
  type Interactions,
  questionsAloud,
  type Reply,
  type Responder,
} from '../interactions/index.ts';
import type { UserAnswers, UserQuestion } from '../protocol/index.ts';
import { backendMessage, inOneLine, QUESTION_OVER, writeQuestion } from './agent/index.ts';

type Session = Pick<RealtimeSession, 'answerCall' | 'sendMessage' | 'requestResponse'>;

export type SpokenQuestionsOptions = {
  readonly interactions: Interactions;
  /** The open connection, if there is one. */
  readonly session: () => Session | undefined;
};

/** What the voice model is told where something is left to the screen. */
const ON_SCREEN = {
  secret: {
    tell:
      'The agent needs something that must be typed on the screen, because it is secret. Tell the user ' +
      'so in one short sentence; do not ask for it aloud and do not pass it on.',
    refuse:
      'Not passed on: the agent waits for something secret, which must be typed on the screen. Tell the user so.',
  },
  decision: {
    tell:
      'The agent needs a decision that must be made on the screen. Tell the user so in one short ' +
      'sentence; do not ask for it aloud and do not decide it.',
    refuse:
      'Not passed on: the agent waits for a decision, which must be made on the screen. Tell the user so.',
  },
};
const PASSED_ON = 'Passed on to the background agent, which goes on with it.';

/** Something that waits for the user, and what has been said to it so far. */
class Waiting {
  readonly interaction: Interaction;
  readonly consultation: Consultation;
  readonly reply: Promise<Reply>;
  readonly #settle: (reply: Reply) => void;
  readonly #questions: readonly UserQuestion[];
  #answers: UserAnswers = {};
  #isAnswered = false;

  constructor(interaction: Interaction, consultation: Consultation) {
    this.interaction = interaction;
    this.consultation = consultation;
    this.#questions = questionsAloud(interaction);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.reply = promise;
    this.#settle = resolve;
  }

  /** True when all has been said; its end follows. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** The first question that is open and may be put aloud. */
  get question(): UserQuestion | undefined {
    return this.#questions.find(({ id }) => !Object.hasOwn(this.#answers, id));
  }

  answer({ id }: UserQuestion, text: string): void {
    this.#answers = { ...this.#answers, [id]: { answers: [text] } };
    const response = answerHeard(this.interaction, this.#answers);
    if (response === undefined) this.consultation.answerPartly(this.#answers);
    else {
      this.#isAnswered = true;
      this.#settle({ type: 'answer', response });
    }
  }

  /** Has nothing (more) to say to it. */
  pass(): void {
    this.#settle({ type: 'pass' });
  }
}

/** A question that may be put aloud, or that something is left to the screen. */
type Matter = { readonly from: Waiting; readonly question: UserQuestion | undefined };

/**
 * Lets the voice ask what the agent of its thread waits for (realtime-v2 §19.8): one question at a
 * time, in the order they came, each told once per connection and asked to be spoken. What the voice
 * model hands over while one is open answers the first that may be spoken about. Secret ones, and what
 * has to be decided, are left to the screen: they are told of last, without their words, and nothing
 * handed over answers them.
 */
export class SpokenQuestions implements Responder {
  readonly role = 'voice';
  readonly #options: SpokenQuestionsOptions;
  readonly #open: Waiting[] = [];
  #told: Matter | undefined;
  #leave: (() => void) | undefined;

  constructor(options: SpokenQuestionsOptions) {
    this.#options = options;
  }

  /** Whether what is handed over now would be an answer. */
  get isWaiting(): boolean {
    return this.#open.length > 0;
  }

  /** A connection is there that knows of nothing yet. */
  connected(): void {
    this.#told = undefined;
    if (this.#leave === undefined) this.#leave = this.#options.interactions.join(this);
    this.#tell(true);
  }

  close(): void {
    const open = this.#open.splice(0);
    this.#leave?.();
    for (const waiting of open) waiting.pass();
  }

  async respond(interaction: Interaction, consultation: Consultation): Promise<Reply> {
    const waiting = new Waiting(interaction, consultation);
    this.#open.push(waiting);
    consultation.signal.addEventListener(
      'abort',
      () => {
        this.#ended(waiting);
      },
      { once: true },
    );
    this.#tell(true);
    return waiting.reply;
  }

  /** True when the call was about something open; then it has been answered. */
  take(session: Session, callId: string, words: string): boolean {
    const matter = this.#matter();
    if (matter === undefined) return false;
    const { from, question } = matter;
    if (question === undefined) {
      session.answerCall(callId, wordsOnScreen(from).refuse, true);
      return true;
    }
    from.answer(question, answerOf(question, words));
    // What comes next of the same call goes before the output, so that one response says both.
    if (this.#matter()?.from === from) this.#tell(false);
    session.answerCall(callId, PASSED_ON, true);
    return true;
  }

  #ended(waiting: Waiting): void {
    waiting.pass();
    const index = this.#open.indexOf(waiting);
    if (index === -1) return;
    this.#open.splice(index, 1);
    if (this.#told?.from === waiting) {
      this.#told = undefined;
      const by = waiting.consultation.answeredBy();
      const words = by === 'client' ? QUESTION_OVER.answeredOnScreen : QUESTION_OVER.withdrawn;
      if (by !== 'voice') this.#options.session()?.sendMessage(backendMessage(words));
    }
    this.#tell(true);
  }

  /** What the user has to be asked now. */
  #matter(): Matter | undefined {
    for (const from of this.#open) {
      const { question } = from;
      if (question !== undefined) return { from, question };
    }
    const from = this.#open.find((open) => !open.isAnswered);
    return from === undefined ? undefined : { from, question: undefined };
  }

  #tell(wantsResponse: boolean): void {
    const session = this.#options.session();
    const matter = this.#matter();
    if (session === undefined || matter === undefined) return;
    const told = this.#told;
    if (told?.from === matter.from && told.question === matter.question) return;
    this.#told = matter;
    const { from, question } = matter;
    session.sendMessage(
      backendMessage(question === undefined ? wordsOnScreen(from).tell : askText(question)),
    );
    if (wantsResponse) session.requestResponse();
  }
}

const wordsOnScreen = ({ interaction }: Waiting): (typeof ON_SCREEN)['secret'] =>
  interaction.kind === 'userInput' ? ON_SCREEN.secret : ON_SCREEN.decision;

const askText = ({ question, options }: UserQuestion): string =>
  writeQuestion(
    question,
    (options ?? []).map(({ label }) => label),
  );

/** The option that the words name, in any case and with any mark at the end; else the words. */
function answerOf({ options }: UserQuestion, words: string): string {
  const bare = bareWords(words);
  return options?.find(({ label }) => bareWords(label) === bare)?.label ?? words;
}

const bareWords = (text: string): string =>
  inOneLine(text)
    .toLowerCase()
    .replaceAll(/^["'“‘]+|["'”’.!?,]+$/gu, '');
