import {
  AppServerClient,
  type JsonRpcMessage,
  type NotificationMethod,
  type NotificationParamsOf,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type ThreadStartResponse,
  type Transport,
} from '../../../../core/protocol/index.ts';

export const THREAD_ID = '0199a000-0000-7000-8000-000000000001';

type Request = { readonly id: number; readonly method: string; readonly params: unknown };

/**
 * The engine's end of a connection, driven by hand: keeps every request, answers them as a healthy
 * engine would unless told otherwise, and sends what the test wants the client to hear.
 */
export class FakeEngine {
  readonly requests: Request[] = [];
  /** What the client sent back to what it was asked. */
  readonly answers: JsonRpcMessage[] = [];
  /** Methods that get an error, or no answer at all. */
  readonly refused = new Map<string, string>();
  readonly unanswered = new Set<string>();
  readonly client: AppServerClient;
  readonly #toClient: Transport;
  readonly #waiters: (() => void)[] = [];

  constructor() {
    const wire: Transport = {
      onMessage: undefined,
      onClose: undefined,
      send: (message) => {
        // A clone, and later: as a real wire would.
        const copy = structuredClone(message);
        queueMicrotask(() => {
          this.#receive(copy);
        });
      },
      close: () => wire.onClose?.(),
    };
    this.#toClient = wire;
    this.client = new AppServerClient(wire, (error) => {
      throw error;
    });
  }

  methods(): readonly string[] {
    return this.requests.map(({ method }) => method);
  }

  /** Resolves once the client has asked for this, be it before or after the call. */
  async requested(method: string): Promise<void> {
    while (!this.methods().includes(method)) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
  }

  paramsOf(method: string): readonly unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Delivers a notification of the talk's thread at once. */
  notify<M extends NotificationMethod>(
    method: M,
    params: Omit<NotificationParamsOf<M>, 'threadId'> & { readonly threadId?: string },
  ): void {
    const message = { method, params: { threadId: THREAD_ID, ...params } };
    this.#toClient.onMessage?.(structuredClone(message));
  }

  /** Asks the client something in the name of the talk's thread. */
  ask<M extends ServerRequestMethod>(
    id: number,
    method: M,
    params: Omit<ServerRequestParamsOf<M>, 'threadId'>,
  ): void {
    const message = { id, method, params: { threadId: THREAD_ID, ...params } };
    this.#toClient.onMessage?.(structuredClone(message));
  }

  disconnect(): void {
    this.#toClient.close();
  }

  #receive(message: JsonRpcMessage): void {
    if ('id' in message && !('method' in message)) this.answers.push(message);
    if (!('method' in message) || !('id' in message) || typeof message.id !== 'number') return;
    const request = { id: message.id, method: message.method, params: message.params };
    this.requests.push(request);
    for (const waiter of this.#waiters.splice(0)) waiter();
    if (this.unanswered.has(request.method)) return;
    this.#answer(request);
  }

  /** Answers, at last, what was left unanswered under this name. */
  answerLate(method: string): void {
    for (const request of this.requests) if (request.method === method) this.#answer(request);
  }

  #answer(request: Request): void {
    const refusal = this.refused.get(request.method);
    const answer =
      refusal === undefined
        ? { id: request.id, result: resultOf(request.method) }
        : { id: request.id, error: { code: -32600, message: refusal } };
    this.#toClient.onMessage?.(answer);
  }
}

function resultOf(method: string): unknown {
  switch (method) {
    case 'initialize':
      return { userAgent: 'fake', codexHome: '/home', platformFamily: 'unix', platformOs: 'linux' };
    case 'thread/start':
      return threadStarted();
    default:
      return {};
  }
}

function threadStarted(): ThreadStartResponse {
  const settings = {
    model: 'practice',
    modelProvider: 'practice',
    cwd: '/',
    reasoningEffort: null,
  };
  return {
    ...settings,
    thread: {
      ...settings,
      id: THREAD_ID,
      sessionId: THREAD_ID,
      forkedFromId: null,
      parentThreadId: null,
      projectId: null,
      preview: '',
      ephemeral: false,
      createdAt: 0,
      updatedAt: 0,
      recencyAt: 0,
      status: { type: 'idle' },
      path: null,
      cliVersion: '0',
      originator: 'test',
      source: 'cli',
      threadSource: null,
      gitInfo: null,
      name: null,
      canAcceptDirectInput: true,
      historyMode: 'legacy',
      turns: [],
    },
    serviceTier: null,
    runtimeWorkspaceRoots: [],
    instructionSources: [],
    approvalPolicy: 'never',
    approvalsReviewer: 'user',
    sandbox: { type: 'readOnly', networkAccess: false },
    activePermissionProfile: null,
  };
}
