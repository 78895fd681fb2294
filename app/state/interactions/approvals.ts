import type {
  AskedRequest,
  PlacedRequest,
  RequestId,
  ServerNotification,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  Turn,
} from '../../../core/protocol/index.ts';
import type { EngineLink } from '../connection/index.ts';
import { Store } from '../store.ts';
import {
  type ApprovalMethod,
  type ApprovalRequest,
  commandApproval,
  fileChangeApproval,
  permissionsApproval,
} from './approvalRequest.ts';
import type { QuestionsDeps } from './questions.ts';

type Response = ServerRequestResponseOf<ApprovalMethod>;
type Resolved = Extract<ServerNotification, { method: 'serverRequest/resolved' }>['params'];

/** Something the agent may not do before somebody has said yes, at its place in a turn. */
export type ApprovalEntry = {
  /** Names it for as long as the page lives, also when the engine is started anew. */
  readonly key: string;
  readonly requestId: RequestId;
  readonly turnId: string;
  /** The item that waits for it. */
  readonly itemId: string;
  readonly request: ApprovalRequest;
  readonly status: 'open' | 'accepted' | 'refused' | 'answered' | 'withdrawn';
  /** Who settled it, where that is known; `answered` does not tell how. */
  readonly by: 'here' | 'elsewhere' | 'voice' | 'earlier' | undefined;
  /** The last item of the turn when it was settled; it stands behind that one. */
  readonly after: string | undefined;
};

/** Of approvals that are over, so many are kept at most; the oldest go first. */
const KEPT = 200;

/** What the agent of any conversation may only do when its user agrees, and the way back for the answers. */
export class Approvals {
  readonly entries = new Store<readonly ApprovalEntry[]>([]);
  readonly #deps: QuestionsDeps;
  /** Answers that are being waited for, by key. */
  readonly #waiting = new Map<string, (response: Response) => void>();
  /** Answered here, and whether with a yes; the engine's word on it is still to come. */
  readonly #given = new Map<string, boolean>();

  constructor(deps: QuestionsDeps) {
    this.#deps = deps;
  }

  /** Takes the requests of each connection; those of the last one are asked again, or are over. */
  follow(link: EngineLink): void {
    link.on('ready', () => {
      const { client } = link;
      client?.answer('item/commandExecution/requestApproval', async (params, asked) => {
        const response = await this.#ask(params, asked, commandApproval(params));
        return 'decision' in response ? response : { decision: 'decline' };
      });
      client?.answer('item/fileChange/requestApproval', async (params, asked) => {
        const response = await this.#ask(params, asked, fileChangeApproval(params));
        return 'decision' in response && typeof response.decision === 'string'
          ? { ...response, decision: response.decision }
          : { decision: 'decline' };
      });
      client?.answer('item/permissions/requestApproval', async (params, asked) => {
        const response = await this.#ask(params, asked, permissionsApproval(params));
        return 'permissions' in response ? response : { permissions: {}, scope: 'turn' };
      });
    });
    link.events.on('notification', (notice) => {
      if (notice.method === 'serverRequest/resolved') this.#resolved(notice.params);
    });
  }

  /**
   * The user answers; `words` go to the agent with a refusal. False when it is too late, or when the engine
   * cannot be reached.
   */
  give(key: string, choiceId: string, words = ''): boolean {
    const send = this.#waiting.get(key);
    const entry = this.entries.getSnapshot().find((known) => known.key === key);
    const choice = entry?.request.choices.find(({ id }) => id === choiceId);
    if (send === undefined || choice === undefined) return false;
    this.#waiting.delete(key);
    this.#given.set(key, choice.isYes);
    const message = words.trim();
    send(choice.isYes || message === '' ? choice.response : { ...choice.response, message });
    return true;
  }

  /** After a reconnect everything that is open has been asked again; the rest is over. */
  forgetLost(): void {
    for (const { key, status } of this.entries.getSnapshot()) {
      if (status !== 'open' || this.#waiting.has(key)) continue;
      this.#change(key, (entry) => ({ ...entry, status: 'withdrawn', after: this.#last(entry) }));
    }
  }

  /** Knows the approvals of turns that are read back; those that this page has heard of itself stay as they are. */
  restore(turns: readonly Pick<Turn, 'id' | 'settledRequests'>[]): void {
    const known = this.entries.getSnapshot();
    const keys = new Set(known.map(({ key }) => key));
    // What this page was asked itself has a key of its own; the item is the same.
    const heard = new Set(
      known.flatMap(({ turnId, itemId, requestId }) =>
        requestId === EARLIER ? [] : [`${turnId} ${itemId}`],
      ),
    );
    const fresh = turns.flatMap(({ id: turnId, settledRequests }) =>
      (settledRequests ?? []).flatMap((settled, index): ApprovalEntry[] => {
        // Of one item several things may have been asked.
        const entry = settledEntry(turnId, settled, index);
        if (entry === undefined || keys.has(entry.key)) return [];
        if (heard.has(`${turnId} ${settled.itemId}`)) return [];
        return [entry];
      }),
    );
    if (fresh.length > 0) this.entries.update((entries) => [...fresh, ...entries]);
  }

  async #ask(
    { turnId, itemId, ...params }: ServerRequestParamsOf<ApprovalMethod>,
    { id, over }: AskedRequest,
    request: ApprovalRequest,
  ): Promise<Response> {
    const part = 'approvalId' in params ? (params.approvalId ?? '') : '';
    const key = `${turnId} ${itemId} ${part}`;
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.#waiting.set(key, resolve);
    this.#given.delete(key);
    const fresh: ApprovalEntry = {
      key,
      requestId: id,
      turnId,
      itemId,
      request,
      status: 'open',
      by: undefined,
      after: undefined,
    };
    if (this.entries.getSnapshot().every((entry) => entry.key !== key)) {
      this.#deps.announce(`${request.title}. ${request.command ?? ''}`);
      this.entries.update((entries) => [...entries.slice(-KEPT), fresh]);
    } else {
      this.#change(key, () => fresh);
    }
    const gone = over.then((): Response => ({ decision: 'decline' }));
    const response = await Promise.race([promise, gone]);
    // Another connection may have asked the same again meanwhile.
    if (this.#waiting.get(key) === resolve) this.#waiting.delete(key);
    return response;
  }

  #resolved({ requestId, answeredBy }: Resolved): void {
    const entry = this.entries
      .getSnapshot()
      .findLast((known) => known.requestId === requestId && known.status === 'open');
    if (entry === undefined) return;
    const { key } = entry;
    const given = this.#given.get(key);
    this.#given.delete(key);
    const isAnswered = answeredBy !== undefined && answeredBy !== null;
    const here = given === true ? 'accepted' : 'refused';
    const elsewhere = isAnswered ? 'answered' : 'withdrawn';
    const by = answeredBy === 'voice' ? 'voice' : 'elsewhere';
    this.#change(key, (known) => ({
      ...known,
      status: given !== undefined && isAnswered ? here : elsewhere,
      by: given !== undefined && isAnswered ? 'here' : isAnswered ? by : undefined,
      after: this.#last(known),
    }));
  }

  #last({ turnId }: ApprovalEntry): string | undefined {
    return this.#deps.lastItemOf(turnId);
  }

  #change(key: string, change: (entry: ApprovalEntry) => ApprovalEntry): void {
    this.entries.update((entries) => {
      const index = entries.findIndex((entry) => entry.key === key);
      const entry = entries[index];
      return entry === undefined ? entries : entries.with(index, change(entry));
    });
  }
}

const OUTCOMES = {
  accepted: 'accepted',
  declined: 'refused',
  cancelled: 'refused',
  withdrawn: 'withdrawn',
} as const;

/** In the place of a request's id, for what was settled before this page was there. */
const EARLIER = '';

function settledEntry(
  turnId: string,
  settled: PlacedRequest,
  index: number,
): ApprovalEntry | undefined {
  const { itemId, approval, outcome, answeredBy, afterItemId } = settled;
  if (approval === undefined || approval === null) return undefined;
  return {
    key: `${turnId} ${itemId} ${index}`,
    requestId: EARLIER,
    turnId,
    itemId,
    request: {
      title: '',
      reason: approval.reason ?? undefined,
      command: approval.command ?? undefined,
      cwd: approval.cwd ?? undefined,
      touches: [],
      choices: [],
    },
    status: OUTCOMES[outcome],
    by: answeredBy === 'voice' ? 'voice' : answeredBy === 'client' ? 'earlier' : undefined,
    after: afterItemId ?? undefined,
  };
}
