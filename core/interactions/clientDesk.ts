import type {
  NotificationMethod,
  NotificationParamsOf,
  RequestId,
  ServerRequestMethod,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
} from '../protocol/index.ts';

/** A client that can be asked and told something; told apart from others by identity. */
export interface AskedClient {
  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void;
  /** Asks under an id that all clients share; what it answers arrives at the `ClientRequest`. */
  request<M extends ServerRequestMethod>(
    id: RequestId,
    method: M,
    params: ServerRequestParamsOf<M>,
  ): void;
}

/** Something that clients are asked, as whoever hears their answers sees it. */
export type ClientRequest = {
  readonly method: ServerRequestMethod;
  /** Whether that client has the request and has not answered yet. */
  readonly isAsked: (client: AskedClient) => boolean;
  /** A client has begun to listen to the thread. */
  readonly joined: (client: AskedClient) => void;
  /** A client has answered in the shape of the method. */
  readonly answered: (
    client: AskedClient,
    response: ServerRequestResponseOf<ServerRequestMethod>,
  ) => void;
  /** A client cannot answer; `words` say why, for the model. */
  readonly out: (client: AskedClient, words: string) => void;
};

/** Where the clients of one thread are reached (app-server §4, §8). */
export interface ClientDesk {
  /** All that listen to the thread now. */
  present(): ReadonlySet<AskedClient>;
  /** Takes a request up under an id of its own, until it is dropped; or says why it cannot. */
  open(request: ClientRequest): { readonly id: RequestId } | { readonly refusal: string };
  drop(id: RequestId): void;
}
