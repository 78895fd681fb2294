import type {
  AskedRequest,
  PlacedRequest,
  RequestId,
  ServerNotification,
  ServerRequestParamsOf,
  Turn,
  UserAnswers,
  UserQuestion,
} from '../../../core/protocol/index.ts';
import type { EngineLink } from '../connection/index.ts';
import { Store } from '../store.ts';

type Params = ServerRequestParamsOf<'item/tool/requestUserInput'>;
type Resolved = Extract<ServerNotification, { method: 'serverRequest/resolved' }>['params'];
type StatusChanged = Extract<ServerNotification, { method: 'thread/status/changed' }>['params'];

/** Who gave an answer: on this page, in another window, aloud, or somebody before this page was opened. */
export type AnsweredBy = 'here' | 'elsewhere' | 'voice' | 'earlier';

/** Something the agent wants to know, at its place in a turn. */
export type QuestionEntry = {
  /** Names it for as long as the page lives, also when the engine is started anew. */
  readonly key: string;
  readonly requestId: RequestId;
  readonly turnId: string;
  readonly questions: readonly UserQuestion[];
  /** What has been answered, without what is secret. */
  readonly answers: UserAnswers;
  readonly status: 'open' | 'answered' | 'withdrawn';
  readonly by: AnsweredBy | undefined;
  /** The last item of the turn when it was answered; it stands behind that one. */
  readonly after: string | undefined;
};

export type QuestionsDeps = {
  /** The newest item that is shown of a turn. */
  readonly lastItemOf: (turnId: string) => string | undefined;
  readonly announce: (text: string) => void;
};

/** Of questions that are over, so many are kept at most; the oldest go first. */
const KEPT = 200;

/** What the agent of any conversation asks the user, and the way back for the answers. */
export class Questions {
  readonly entries = new Store<readonly QuestionEntry[]>([]);
  /** Conversations that wait for their user, whether they are open here or not. */
  readonly waitingThreads = new Store<ReadonlySet<string>>(new Set());
  readonly #deps: QuestionsDeps;
  /** Answers that are being waited for, by key. */
  readonly #waiting = new Map<string, (answers: UserAnswers) => void>();
  /** Answered here; the engine's word on it is still to come. */
  readonly #given = new Set<string>();

  constructor(deps: QuestionsDeps) {
    this.#deps = deps;
  }

  /** Takes the questions of each connection; those of the last one are asked again, or are over. */
  follow(link: EngineLink): void {
    link.on('ready', () => {
      link.client?.answer('item/tool/requestUserInput', async (params, asked) => ({
        answers: await this.#ask(params, asked),
      }));
    });
    link.events.on('notification', (notice) => {
      this.#notice(notice);
    });
  }

  /** The user answers. False when it is too late, or when the engine cannot be reached. */
  give(key: string, answers: UserAnswers): boolean {
    const send = this.#waiting.get(key);
    if (send === undefined) return false;
    this.#waiting.delete(key);
    this.#given.add(key);
    send(answers);
    return true;
  }

  #notice(notice: ServerNotification): void {
    if (notice.method === 'serverRequest/resolved') this.#resolved(notice.params);
    if (notice.method === 'thread/status/changed') this.#status(notice.params);
    if (notice.method !== 'serverRequest/partlyAnswered') return;
    const { requestId, answers } = notice.params;
    this.#change(this.#openBy(requestId), (entry) => ({ ...entry, answers }));
  }

  /** After a reconnect everything that is open has been asked again; the rest is over. */
  forgetLost(): void {
    for (const { key, status } of this.entries.getSnapshot()) {
      if (status !== 'open' || this.#waiting.has(key)) continue;
      this.#change(key, (entry) => ({ ...entry, status: 'withdrawn', after: this.#last(entry) }));
    }
  }

  /** Knows the questions of turns that are read back; those that this page has heard of itself stay as they are. */
  restore(turns: readonly Pick<Turn, 'id' | 'settledRequests'>[]): void {
    const known = new Set(this.entries.getSnapshot().map(({ key }) => key));
    const fresh = turns.flatMap(({ id: turnId, settledRequests }) =>
      (settledRequests ?? []).flatMap((settled): QuestionEntry[] => {
        const entry = settledEntry(turnId, settled);
        if (entry === undefined || known.has(entry.key)) return [];
        known.add(entry.key);
        return [entry];
      }),
    );
    if (fresh.length > 0) this.entries.update((entries) => [...fresh, ...entries]);
  }

  async #ask(params: Params, { id, over }: AskedRequest): Promise<UserAnswers> {
    const { turnId, itemId, questions } = params;
    const key = keyOf(turnId, itemId);
    const { promise, resolve } = Promise.withResolvers<UserAnswers>();
    this.#waiting.set(key, resolve);
    this.#given.delete(key);
    const isNew = this.entries.getSnapshot().every((entry) => entry.key !== key);
    if (isNew) {
      const texts = questions.map(({ question }) => question);
      this.#deps.announce(`The agent asks: ${texts.join(' ')}`);
      const entry: QuestionEntry = {
        key,
        requestId: id,
        turnId,
        questions,
        answers: {},
        status: 'open',
        by: undefined,
        after: undefined,
      };
      this.entries.update((entries) => [...withoutOldest(entries), entry]);
    } else {
      this.#change(key, (entry) => ({ ...entry, requestId: id, status: 'open', by: undefined }));
    }
    const answers = await Promise.race([promise, noneAfter(over)]);
    // Another connection may have asked the same again meanwhile.
    if (this.#waiting.get(key) === resolve) this.#waiting.delete(key);
    return answers;
  }

  #resolved({ requestId, answeredBy, answers }: Resolved): void {
    const key = this.#openBy(requestId);
    if (key === undefined) return;
    const wasGiven = this.#given.delete(key);
    const isAnswered = answeredBy !== undefined && answeredBy !== null;
    const byClient = wasGiven ? 'here' : 'elsewhere';
    const by = answeredBy === 'voice' ? 'voice' : byClient;
    this.#change(key, (entry) => ({
      ...entry,
      answers: answers ?? entry.answers,
      status: isAnswered ? 'answered' : 'withdrawn',
      by: isAnswered ? by : undefined,
      after: this.#last(entry),
    }));
  }

  #status({ threadId, status }: StatusChanged): void {
    const waits = status.type === 'active' && status.activeFlags.length > 0;
    this.waitingThreads.update((threads) => {
      if (threads.has(threadId) === waits) return threads;
      const next = new Set(threads);
      if (waits) next.add(threadId);
      else next.delete(threadId);
      return next;
    });
  }

  #last({ turnId }: QuestionEntry): string | undefined {
    return this.#deps.lastItemOf(turnId);
  }

  /** Ids begin anew with every engine, so only an open question is meant by one. */
  #openBy(requestId: RequestId): string | undefined {
    return this.entries
      .getSnapshot()
      .findLast((entry) => entry.requestId === requestId && entry.status === 'open')?.key;
  }

  #change(key: string | undefined, change: (entry: QuestionEntry) => QuestionEntry): void {
    this.entries.update((entries) => {
      const index = entries.findIndex((entry) => entry.key === key);
      const entry = entries[index];
      return entry === undefined ? entries : entries.with(index, change(entry));
    });
  }
}

function settledEntry(turnId: string, settled: PlacedRequest): QuestionEntry | undefined {
  const { itemId, questions, answers, answeredBy, afterItemId } = settled;
  if (!isGiven(questions)) return undefined;
  const isAnswered = isGiven(answeredBy);
  return {
    key: keyOf(turnId, itemId),
    requestId: '',
    turnId,
    questions,
    answers: answers ?? {},
    status: isAnswered ? 'answered' : 'withdrawn',
    by: isAnswered ? BY_EARLIER[answeredBy] : undefined,
    after: afterItemId ?? undefined,
  };
}

const BY_EARLIER = { client: 'earlier', voice: 'voice' } as const;

const keyOf = (turnId: string, itemId: string): string => `${turnId} ${itemId}`;

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

async function noneAfter(over: Promise<void>): Promise<UserAnswers> {
  await over;
  return {};
}

function withoutOldest(entries: readonly QuestionEntry[]): readonly QuestionEntry[] {
  if (entries.length < KEPT) return entries;
  const oldest = entries.findIndex(({ status }) => status !== 'open');
  return oldest === -1 ? entries : entries.toSpliced(oldest, 1);
}
