import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  packetMs,
  type Piece,
  type ReceiveInput,
  type ReceiveState,
  type RtpAudio,
  SILENT,
  stepReceive,
} from './jitterBuffer.ts';

/** 20 ms of mono wideband in one frame; the second byte tells the packets apart. */
const opus = (mark: number): Uint8Array => Uint8Array.of(0x48, mark & 0xff, mark >> 8);
const START = { sequence: 65_530, timestamp: 0xffff_ffff - 2 * 960 };

/** The n-th packet of a stream whose numbers wrap around soon. */
const packet = (index: number, pauseFrames = 0): RtpAudio => ({
  sequence: (START.sequence + index) & 0xffff,
  timestamp: (START.timestamp + (index + pauseFrames) * 960) >>> 0,
  payload: opus(index),
});
const came = (index: number, pauseFrames = 0): ReceiveInput => ({
  kind: 'packet',
  packet: packet(index, pauseFrames),
});
const passed = (frames: number): ReceiveInput => ({ kind: 'tick', frames });

type Run = {
  readonly state: ReceiveState;
  readonly heard: readonly string[];
  readonly lost: number;
  readonly late: number;
};

const word = (piece: Piece): string => {
  if (piece.kind === 'packet')
    return String((piece.payload[1] ?? 0) + (piece.payload[2] ?? 0) * 256);
  return piece.kind;
};

function run(...inputs: readonly ReceiveInput[]): Run {
  let result: Run = { state: SILENT, heard: [], lost: 0, late: 0 };
  for (const input of inputs) {
    const { state, pieces, lost, late } = stepReceive(result.state, input);
    result = {
      state,
      heard: [...result.heard, ...pieces.map(word)],
      lost: result.lost + lost,
      late: result.late + late,
    };
  }
  return result;
}

describe('packets in order', () => {
  test('pass at once, also where their numbers wrap around', () => {
    const result = run(...Array.from({ length: 20 }, (_, index) => came(index)));

    expect(result.heard).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    expect(result).toMatchObject({ lost: 0, late: 0 });
  });
});

describe('packets out of order', () => {
  test('are put in order while fewer than three wait', () => {
    expect(run(came(0), came(2), came(3), came(1), came(4)).heard).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  test('a packet that comes twice is heard once', () => {
    const result = run(came(0), came(0), came(2), came(2), came(1), came(1));

    expect(result.heard).toEqual(['0', '1', '2']);
    expect(result.late).toBe(3);
  });

  test('a packet that comes after its place was filled is dropped and counted', () => {
    const result = run(came(0), came(2), came(3), came(4), came(1));

    expect(result.heard).toEqual(['0', 'recovered', '2', '3', '4']);
    expect(result).toMatchObject({ lost: 1, late: 1 });
  });
});

describe('lost packets', () => {
  test('are given up after 40 ms though nothing more comes', () => {
    expect(run(came(0), came(2), passed(1)).heard).toEqual(['0']);
    expect(run(came(0), came(2), passed(1), passed(1)).heard).toEqual(['0', 'recovered', '2']);
  });

  test('several are made up, the last one from the packet that follows', () => {
    const result = run(came(0), came(3), came(4), came(5));

    expect(result.heard).toEqual(['0', 'concealed', 'recovered', '3', '4', '5']);
    expect(result.lost).toBe(2);
  });

  test('a long loss is made up for 100 ms and silent after that', () => {
    const { heard, lost } = run(came(0), came(21), came(22), came(23));

    expect(heard.filter((piece) => piece === 'concealed')).toHaveLength(4);
    expect(heard.filter((piece) => piece === 'silence')).toHaveLength(10);
    expect(heard.filter((piece) => piece === 'recovered')).toHaveLength(1);
    expect(lost).toBe(20);
  });

  test('a stray packet from far away changes nothing', () => {
    const result = run(came(0), came(9_000), came(1));

    expect(result.heard).toEqual(['0', '1']);
    expect(result.late).toBe(1);
  });

  test('two packets from far away are a far side that numbers anew', () => {
    expect(run(came(0), came(9_000), came(9_001), came(9_002)).heard).toEqual([
      '0',
      '9001',
      '9002',
    ]);
  });
});

describe('a far side that pauses', () => {
  test('before its first packet is not heard at all', () => {
    expect(run(passed(100)).heard).toEqual([]);
  });

  test('is heard as silence from 200 ms on, as long as the pause', () => {
    const short = run(came(0), ...Array.from({ length: 9 }, () => passed(1)));
    const long = run(came(0), ...Array.from({ length: 50 }, () => passed(1)));

    expect(short.heard).toEqual(['0']);
    expect(long.heard).toHaveLength(51);
  });

  test('the clock’s silence and the packet’s time together make the pause, not twice', () => {
    const pause = Array.from({ length: 30 }, () => passed(1));
    const { heard, lost } = run(came(0), ...pause, came(1, 32), came(2, 32));

    expect(heard.filter((piece) => piece === 'silence')).toHaveLength(32);
    expect(heard.slice(-2)).toEqual(['1', '2']);
    expect(lost).toBe(0);
  });

  test('a short pause is filled when the next packet tells of it', () => {
    expect(run(came(0), came(1, 3)).heard).toEqual(['0', 'silence', 'silence', 'silence', '1']);
  });
});

describe('any stream', () => {
  const journey = fc
    .array(fc.record({ drop: fc.boolean(), delay: fc.nat(6), twice: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    })
    .map((fates) =>
      fates
        .flatMap(({ drop, delay, twice }, index) => {
          if (drop && index > 0) return [];
          const arrival = { index, at: index === 0 ? -1 : index + delay };
          return twice ? [arrival, { index, at: index + delay + 3 }] : [arrival];
        })
        .toSorted((a, b) => a.at - b.at)
        .map(({ index }) => index),
    );

  test('is heard in order and nothing twice; every packet is heard, late or lost', () => {
    fc.assert(
      fc.property(journey, (arrivals) => {
        const end = Math.max(...arrivals);
        const result = run(...arrivals.map((index) => came(index)), passed(2));
        const heard = result.heard.filter((piece) => /\d/.test(piece)).map(Number);

        expect(heard).toEqual([...new Set(heard)].toSorted((a, b) => a - b));
        expect(heard.length + result.late).toBe(arrivals.length);
        expect(heard.length + result.lost).toBe(end + 1);
        expect(result.state.held).toEqual([]);
      }),
    );
  });

  test('never holds more than a few packets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), (arrivals) => {
        const { state } = run(...arrivals.map((index) => came(index)));

        expect(state.held.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('how long a packet lasts', () => {
  test.for([
    ['20 ms of SILK', [0x48], 20],
    ['60 ms of SILK', [0x18], 60],
    ['10 ms hybrid', [0x60], 10],
    ['2.5 ms of CELT', [0x80], 2.5],
    ['two frames of 20 ms', [0x49], 40],
    ['three frames of 20 ms', [0x4b, 3], 60],
    ['nothing at all', [], 20],
    ['more frames than Opus allows', [0x1b, 63], 20],
  ] as const)('%s', ([, bytes, expected]) => {
    expect(packetMs(Uint8Array.from(bytes))).toBe(expected);
  });
});
