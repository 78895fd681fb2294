import type { IncomingHttpHeaders } from 'node:http';

import type { EngineArgs } from '../process/index.ts';

/** What a host says to the engine that it runs as a process of its own, over Node's channel. */
export type ToChild =
  | { readonly type: 'start'; readonly args: EngineArgs }
  /** Comes with the socket, of which the host has read the request and what came right after it. */
  | { readonly type: 'connect'; readonly headers: IncomingHttpHeaders; readonly head: string }
  | { readonly type: 'close' };

export type FromChild =
  | { readonly type: 'ready' }
  /** Answers one `connect`, in their order: its socket is the engine's now. */
  | { readonly type: 'taken' }
  /** It ends by itself; one sentence, and the code its host is to end with where another start is of no use. */
  | { readonly type: 'failed'; readonly reason: string; readonly exitCode?: number };
