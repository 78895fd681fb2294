import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import type { JsonRpcMessage, Transport } from '../../../core/protocol/index.ts';

/**
 * One JSON object per line over a pair of streams (app-server §1). Lines that are not JSON are dropped
 * and told to `onMalformed`; the lines of one tick leave in one write.
 */
export function createLineTransport(
  readable: Readable,
  writable: Writable,
  onMalformed: (reason: string) => void,
): Transport {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  let outgoing: string[] = [];
  let isClosed = false;

  const flush = (): void => {
    if (outgoing.length === 0) return;
    const text = outgoing.join('');
    outgoing = [];
    writable.write(text);
  };
  const finish = (): void => {
    if (isClosed) return;
    isClosed = true;
    readable.off('data', receive);
    readable.off('end', finish);
    flush();
    queueMicrotask(() => transport.onClose?.());
  };
  const receive = (chunk: Buffer): void => {
    const lines = (partial + decoder.write(chunk)).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch (error) {
        onMalformed(error instanceof Error ? error.message : String(error));
        continue;
      }
      transport.onMessage?.(message);
    }
  };
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send: (message: JsonRpcMessage) => {
      if (isClosed) return;
      if (outgoing.length === 0) setImmediate(flush);
      outgoing.push(`${JSON.stringify(message)}\n`);
    },
    close: finish,
  };
  readable.on('data', receive);
  readable.on('end', finish);
  // A reader that went away (EPIPE) ends the connection; without a listener it would end the process.
  writable.on('error', finish);
  return transport;
}
