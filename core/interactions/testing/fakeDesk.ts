import type {
  RequestId,
  ServerRequestMethod,
  ServerRequestResponseOf,
} from '../../protocol/index.ts';
import type { AskedClient, ClientDesk, ClientRequest } from '../clientDesk.ts';

/** A client that keeps what it is asked and told. */
export class FakeClient implements AskedClient {
  readonly asked: { id: RequestId; method: string; params: unknown }[] = [];
  readonly told: unknown[] = [];

  notify(method: string, params: unknown): void {
    this.told.push({ method, params });
  }

  request(id: RequestId, method: string, params: unknown): void {
    this.asked.push({ id, method, params });
  }
}

/** The clients of one thread, whose answers a test gives. */
export class FakeDesk implements ClientDesk {
  readonly clients: Set<FakeClient>;
  readonly #open = new Map<RequestId, ClientRequest>();
  #nextId = 0;

  constructor(clientCount: number) {
    this.clients = new Set(Array.from({ length: clientCount }, () => new FakeClient()));
  }

  present(): ReadonlySet<FakeClient> {
    return this.clients;
  }

  open(request: ClientRequest): { readonly id: RequestId } {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#open.set(id, request);
    return { id };
  }

  drop(id: RequestId): void {
    this.#open.delete(id);
  }

  /** Ids of what is open. */
  get openIds(): readonly RequestId[] {
    return Array.from(this.#open.keys());
  }

  /** The first client answers; false when there is nothing open of that id. */
  answer(id: RequestId, response: ServerRequestResponseOf<ServerRequestMethod>): boolean {
    const request = this.#open.get(id);
    const [client = new FakeClient()] = this.clients;
    request?.answered(client, response);
    return request !== undefined;
  }

  /** Another client comes and is asked what is open. */
  join(): FakeClient {
    const client = new FakeClient();
    this.clients.add(client);
    for (const request of Array.from(this.#open.values())) request.joined(client);
    return client;
  }
}
