import type { Readable, Writable } from 'node:stream';

import { initializeResponse } from '../../../core/initialize/index.ts';
import { homeFolder } from '../process/index.ts';
import { type FastInitialize, readFastInitialize } from './fastInitialize.ts';

/** The first line of a connection and everything that was read with it. */
export type Hello = {
  /** Set when the line was a well-formed `initialize`. */
  readonly initialize: FastInitialize | undefined;
  readonly all: Buffer;
  /** What came after the line. */
  readonly rest: Buffer;
};

export type GreetingDeps = {
  readonly input: Readable;
  readonly output: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
};

/**
 * Waits for the first line and answers it at once where it is a well-formed `initialize`, with next to
 * nothing loaded. The input is paused afterwards. `undefined` when it ended before the first line did.
 */
export async function answerFirstLine(deps: GreetingDeps): Promise<Hello | undefined> {
  const hello = await readFirstLine(deps.input);
  if (hello?.initialize === undefined) return hello;
  const { id, params } = hello.initialize;
  const result = initializeResponse(params.clientInfo, { ...deps, home: homeFolder(deps.env) });
  deps.output.write(`${JSON.stringify({ id, result })}\n`);
  return hello;
}

/** The same without the answer, which somebody else has given already. */
export function readFirstLine(input: Readable): Promise<Hello | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (hello: Hello | undefined): void => {
      input.off('data', receive);
      input.off('end', end);
      input.pause();
      resolve(hello);
    };
    const receive = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (!chunk.includes(LINE_FEED)) {
        // Whatever this becomes, the engine reads it, or says why not.
        if (bytes > MAX_FIRST_LINE_BYTES) {
          finish({ initialize: undefined, all: Buffer.concat(chunks), rest: Buffer.alloc(0) });
        }
        return;
      }
      const all = Buffer.concat(chunks);
      const length = all.indexOf(LINE_FEED);
      const initialize = readFastInitialize(all.toString('utf8', 0, length));
      finish({ initialize, all, rest: all.subarray(length + 1) });
    };
    const end = (): void => {
      finish(undefined);
    };
    input.on('data', receive);
    input.on('end', end);
  });
}

const LINE_FEED = 10;
/** No `initialize` is nearly as long. */
const MAX_FIRST_LINE_BYTES = 1024 * 1024;
