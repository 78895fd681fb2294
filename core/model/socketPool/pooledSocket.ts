import type { Key, ModelEvent } from '../contract/index.ts';
import type { Remembered } from '../request/index.ts';
import { factsFromHeaders } from '../response/index.ts';
import type { ModelSocket } from '../sockets/index.ts';

/** An open connection and what its server knows of the conversation. */
export type PooledSocket = {
  readonly socket: ModelSocket;
  /** What it was opened with. */
  readonly key: Key;
  /** Of the provider when it began to open. */
  readonly keyEpoch: number;
  /** What the next request may build on; undefined makes it a full one. */
  remembered: Remembered | undefined;
  /** Learnt with the upgrade, for the first turn over this connection alone (responses §5.6). */
  turnState: string | undefined;
  /** What the upgrade and what was sent ahead told, for the first answer to pass on. */
  news: readonly ModelEvent[];
  /** Whether a request went over it before. */
  isUsed: boolean;
  /** Whether an answer has come whole over it. */
  isProven: boolean;
};

export function newPooledSocket(
  socket: ModelSocket,
  { key, keyEpoch }: Pick<PooledSocket, 'key' | 'keyEpoch'>,
): PooledSocket {
  const { turnState, events } = factsFromHeaders(socket.headers);
  return {
    socket,
    key,
    keyEpoch,
    remembered: undefined,
    turnState,
    news: events,
    isUsed: false,
    isProven: false,
  };
}
