import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { createLineTransport, type LineTransport } from './lineTransport.ts';
import { MAX_UNREAD_BYTES, UNREAD_REASON } from './sendLimit.ts';

class Harness {
  readonly clock = new ManualClock();
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly unreadable: string[] = [];
  readonly received: unknown[] = [];
  readonly writes: string[] = [];
  closes = 0;
  readonly transport: LineTransport;

  constructor() {
    this.output.on('data', (chunk: Buffer) => this.writes.push(chunk.toString('utf8')));
    this.transport = createLineTransport({
      input: this.input,
      output: this.output,
      clock: this.clock,
      onUnreadable: (problem) => this.unreadable.push(problem),
    });
    this.transport.onMessage = (message) => this.received.push(message);
    this.transport.onClose = () => {
      this.closes += 1;
    };
  }

  /** What was given has been read, and what was sent upon it has left. */
  async settled(): Promise<void> {
    await setImmediate();
    await setImmediate();
  }
}

/** Both ends of a pipe that nobody reads yet. */
function stopped() {
  const harness = new Harness();
  harness.output.removeAllListeners('data');
  harness.output.pause();
  const reasons: (string | undefined)[] = [];
  harness.transport.onClose = (reason) => reasons.push(reason);
  return { harness, reasons };
}

describe('lines', () => {
  test('a message may come in pieces, and several in one', async () => {
    const harness = new Harness();
    harness.input.write('{"method":"a"}\n{"met');
    harness.input.write('hod":"b"}\n\n');
    await harness.settled();

    expect(harness.received).toEqual([{ method: 'a' }, { method: 'b' }]);
  });

  test('a character that is cut in two arrives whole', async () => {
    const harness = new Harness();
    const line = Buffer.from('{"method":"é"}\n');
    harness.input.write(line.subarray(0, 12));
    harness.input.write(line.subarray(12));
    await harness.settled();

    expect(harness.received).toEqual([{ method: 'é' }]);
  });

  test('an input that was paused by whoever read the first line flows again', async () => {
    const harness = new Harness();
    harness.input.pause();
    await harness.settled();
    harness.input.write('{"method":"a"}\n');
    await harness.settled();

    expect(harness.received).toEqual([{ method: 'a' }]);
  });

  test('a line that is no JSON is reported and costs nothing else', async () => {
    const harness = new Harness();
    harness.input.write('nonsense\n{"method":"a"}\n');
    await harness.settled();

    expect(harness.unreadable).toEqual(['is not valid JSON']);
    expect(harness.received).toEqual([{ method: 'a' }]);
  });

  test('an input that begins with a byte order mark is read, exact ids included', async () => {
    const harness = new Harness();
    harness.input.write('\uFEFF{"id":9007199254740993,"method":"a"}\n');
    await harness.settled();

    expect(harness.received).toEqual([{ id: 9_007_199_254_740_993n, method: 'a' }]);
  });

  test('the first message of a tick leaves at once, those after it in one write', async () => {
    const harness = new Harness();
    for (const method of ['a', 'b', 'c']) harness.transport.send({ method });
    const atOnce = [...harness.writes];
    await harness.settled();
    harness.transport.send({ method: 'd' });
    await harness.settled();

    expect(atOnce).toEqual(['{"method":"a"}\n']);
    expect(harness.writes).toEqual([
      '{"method":"a"}\n',
      '{"method":"b"}\n{"method":"c"}\n',
      '{"method":"d"}\n',
    ]);
  });
});

const refused = (problem: string) => ({
  id: 7,
  error: { code: -32600, message: `Invalid request: the message ${problem}` },
});
const answers = ({ writes }: Harness): unknown[] => writes.map((line): unknown => JSON.parse(line));

test('an answer leaves at the end of its tick, in one write with the news that follow it', async () => {
  const harness = new Harness();
  harness.transport.send({ id: 1, result: {} });
  harness.transport.send({ method: 'a' });
  await Promise.resolve();
  harness.transport.send({ method: 'b' });
  expect(harness.writes).toEqual([]);
  await harness.settled();
  harness.transport.send({ id: 2, result: {} });
  await harness.settled();

  expect(harness.writes).toEqual([
    '{"id":1,"result":{}}\n{"method":"a"}\n{"method":"b"}\n',
    '{"id":2,"result":{}}\n',
  ]);
});

describe('a line beyond the limits', () => {
  test('in depth is refused under its id, and the next one is served', async () => {
    const harness = new Harness();
    harness.input.write(`{"id":7,"method":"a","params":${'['.repeat(100_000)}\n{"method":"b"}\n`);
    await harness.settled();

    const problem = 'is nested deeper than 128 levels';
    expect(harness.unreadable).toEqual([problem]);
    expect(answers(harness)).toEqual([refused(problem)]);
    expect(harness.received).toEqual([{ method: 'b' }]);
  });

  test.for([
    ['{"id":"a \\"quoted\\"\\n\\u00e9","method":"b","params":', 'a "quoted"\né'],
    ['{"method":"\\"","id":"c\\\\","params":', 'c\\'],
  ] as const)('is refused under an id with escapes: %s', async ([head, id]) => {
    const harness = new Harness();
    harness.input.write(`${head}${'['.repeat(1000)}\n`);
    await harness.settled();

    expect(answers(harness)).toMatchObject([{ id, error: { code: -32600 } }]);
  });

  test('in length is refused under its id when its end has come, and is not kept', async () => {
    const harness = new Harness();
    const mebibyte = Buffer.alloc(1024 * 1024, 'A');
    harness.input.write('{"method":"a","id":7,"params":"');
    const heapBefore = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 200; n += 1) {
      harness.input.write(mebibyte);
      await harness.settled();
    }
    const grown = process.memoryUsage().arrayBuffers - heapBefore;
    expect(answers(harness)).toEqual([]);
    harness.input.write('"}\n{"method":"b"}\n');
    await harness.settled();

    const problem = 'is larger than 32 MiB';
    expect(harness.unreadable).toEqual([problem]);
    expect(answers(harness)).toEqual([refused(problem)]);
    expect(harness.received).toEqual([{ method: 'b' }]);
    expect(grown).toBeLessThan(8 * 1024 * 1024);
  });

  test('that shows no id of a request gets no answer', async () => {
    const harness = new Harness();
    const deep = '['.repeat(1000);
    for (const head of [
      '{"method":"a","params":',
      '{"id":7,"result":',
      '',
      '{"id":"\\x","method":"a","p":',
    ]) {
      harness.input.write(`${head}${deep}\n`);
    }
    await harness.settled();

    expect(harness.unreadable).toHaveLength(4);
    expect(harness.writes).toEqual([]);
  });
});

test('a long line costs each of its bytes once, in however small pieces it comes', async () => {
  const harness = new Harness();
  harness.input.write('{"method":"');
  // Looking again at what came before would mean 200 GB here.
  for (let n = 0; n < 20_000; n += 1) harness.input.write(Buffer.alloc(1024, 'A'));
  harness.input.write('"}\n');
  await harness.settled();

  expect(harness.received).toEqual([{ method: 'A'.repeat(20_000 * 1024) }]);
});

describe('the end of the input', () => {
  test('closes at once when nothing is to be answered, and only once', async () => {
    const harness = new Harness();
    harness.input.end();
    await harness.transport.closed;
    harness.transport.close();
    await harness.settled();

    expect(harness.closes).toBe(1);
  });

  test('waits for the answers to what came before it', async () => {
    const harness = new Harness();
    harness.input.end('{"id":1,"method":"a"}\n{"id":2,"method":"b"}\n');
    await harness.settled();
    harness.transport.send({ id: 1, result: {} });
    harness.transport.send({ method: 'news' });
    await harness.settled();
    expect(harness.closes).toBe(0);

    harness.transport.send({ id: 2, error: { code: -32600, message: 'no' } });
    await harness.transport.closed;

    expect(harness.writes.join('')).toContain('"id":2');
  });

  test('waits less than a second for an answer that never comes', async () => {
    const harness = new Harness();
    harness.input.end('{"id":1,"method":"a"}\n');
    await harness.settled();
    harness.clock.advance(750);
    await harness.transport.closed;

    expect(harness.clock.pending).toBe(0);
  });

  test('a reader that went away is an end as well', async () => {
    const harness = new Harness();
    harness.output.destroy(new Error('EPIPE'));
    await harness.transport.closed;
    harness.transport.send({ method: 'too late' });

    expect(harness.writes).toEqual([]);
  });
});

describe('a reader that stops', () => {
  const sound = { method: 'sound', params: { data: 'A'.repeat(1024 * 1024) } };

  test('is given up at the limit, with a reason, and nothing more is kept for it', async () => {
    const { harness, reasons } = stopped();
    let most = 0;
    for (let n = 0; n < 100; n += 1) {
      harness.transport.send(sound);
      most = Math.max(most, harness.output.writableLength);
      await Promise.resolve();
    }

    expect(await harness.transport.closed).toBe(UNREAD_REASON);
    expect(reasons).toEqual([UNREAD_REASON]);
    expect(most).toBeLessThan(MAX_UNREAD_BYTES + 3 * 1024 * 1024);
    expect(harness.output.destroyed).toBe(true);
  });

  test('is given up within one tick as well', async () => {
    const { harness } = stopped();
    for (let n = 0; n < 100; n += 1) harness.transport.send(sound);

    expect(await harness.transport.closed).toBe(UNREAD_REASON);
  });

  test('only for a while loses nothing', async () => {
    const { harness, reasons } = stopped();
    for (let n = 0; n < 20; n += 1) harness.transport.send(sound);
    let lines = 0;
    harness.output.on('data', (chunk: Buffer) => {
      lines += chunk.toString('utf8').split('\n').length - 1;
    });
    harness.output.resume();
    await harness.settled();
    harness.transport.close();
    await harness.transport.closed;

    expect({ lines, reasons }).toEqual({ lines: 20, reasons: [undefined] });
  });
});
