import type { RealtimeSession } from '../../realtime/session/index.ts';
import type { UserQuestion } from '../protocol/index.ts';
import type { Attendant, LiveThread, OpenQuestion, QuestionEnd } from '../threads/index.ts';

type Session = Pick<RealtimeSession, 'answerCall' | 'sendBackendText' | 'wantResponse'>;

export type SpokenQuestionsOptions = {
  readonly desk: LiveThread['questions'];
  /** The open connection, if there is one. */
  readonly session: () => Session | undefined;
};

/** A question that may be spoken about, or that something has to be typed for this call. */
type Matter = { readonly from: OpenQuestion; readonly question: UserQuestion | undefined };

const LIMIT_CHARS = 1_000;

const TYPE_IT =
  'The agent needs something that must be typed on the screen, because it is secret. Tell the user ' +
  'so in one short sentence; do not ask for it aloud and do not pass it on.';
const NOT_PASSED_ON =
  'Not passed on: the agent waits for something secret, which must be typed on the screen. Tell the user so.';
const PASSED_ON = 'Passed on to the background agent, which goes on with it.';
const ENDED: Readonly<Record<Exclude<QuestionEnd, 'voice'>, string>> = {
  client: 'The user has answered on the screen. The agent needs no answer any more.',
  nobody: 'The agent needs no answer any more.',
};

/**
 * Lets the voice ask what the agent of its thread waits for (realtime-v2 §19.8): one question at a
 * time, in the order they came, each told once per connection and asked to be spoken. What the voice
 * model hands over while one is open answers the first that may be spoken about. Secret ones are left
 * to the screen: they are told of last, without their words, and nothing handed over answers them.
 */
export class SpokenQuestions implements Attendant {
  readonly #options: SpokenQuestionsOptions;
  readonly #open: OpenQuestion[] = [];
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
    if (this.#leave === undefined) this.#leave = this.#options.desk.attend(this);
    this.#tell(true);
  }

  close(): void {
    this.#leave?.();
    this.#open.length = 0;
  }

  asked(question: OpenQuestion): void {
    this.#open.push(question);
    this.#tell(true);
  }

  ended(question: OpenQuestion, end: QuestionEnd): void {
    this.#open.splice(this.#open.indexOf(question), 1);
    if (this.#told?.from === question) {
      this.#told = undefined;
      if (end !== 'voice') this.#options.session()?.sendBackendText(ENDED[end]);
    }
    this.#tell(true);
  }

  /** True when the call was about an open question; then it has been answered. */
  take(session: Session, callId: string, words: string): boolean {
    const matter = this.#matter();
    if (matter === undefined) return false;
    const { from, question } = matter;
    if (question === undefined) {
      session.answerCall(callId, NOT_PASSED_ON, true);
      return true;
    }
    if (!from.answerSpeakable(answerOf(question, words))) return false;
    // What comes next of the same call goes before the output, so that one response says both.
    if (this.#matter()?.from === from) this.#tell(false);
    session.answerCall(callId, PASSED_ON, true);
    return true;
  }

  /** What the user has to be asked now. */
  #matter(): Matter | undefined {
    for (const from of this.#open) {
      const question = from.speakable;
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
    session.sendBackendText(matter.question === undefined ? TYPE_IT : askText(matter.question));
    if (wantsResponse) session.wantResponse();
  }
}

function askText({ question, options }: UserQuestion): string {
  const asked = inOneLine(question);
  const sentence = /[.!?…:]$/u.test(asked) ? asked : `${asked}.`;
  const labels = (options ?? []).map(({ label }) => inOneLine(label));
  const choice = labels.length === 0 ? '' : ` Options: ${labels.join(', ')}.`;
  return `The agent needs an answer before it goes on: ${sentence}${choice} Ask the user in one short sentence, then pass the answer on with background_agent.`;
}

/** The option that the words name, in any case and with any mark at the end; else the words. */
function answerOf({ options }: UserQuestion, words: string): string {
  const bare = bareWords(words);
  return options?.find(({ label }) => bareWords(label) === bare)?.label ?? words;
}

const bareWords = (text: string): string =>
  inOneLine(text)
    .toLowerCase()
    .replaceAll(/^["'“‘]+|["'”’.!?,]+$/gu, '');

function inOneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, ' ');
  return line.length > LIMIT_CHARS ? `${line.slice(0, LIMIT_CHARS)}…` : line;
}
