import { describe, expect, test } from 'vitest';

import { seccompFilter } from './filter.ts';
import { ARCHITECTURES, type FilterArch, REFUSED_SYSCALLS } from './syscalls.ts';

const ALLOWED = 0x7fff0000;
const REFUSED = 0x00050001;
const KILLED = 0x80000000;

type Call = {
  readonly arch?: number;
  readonly number: number;
  readonly arguments?: readonly number[];
};

/** What the kernel would do: runs a classic BPF program over the facts of a call. */
function verdict(arch: FilterArch, call: Call): number {
  const program = seccompFilter(arch);
  const facts = Buffer.alloc(64);
  facts.writeUInt32LE(call.number, 0);
  facts.writeUInt32LE(call.arch ?? ARCHITECTURES[arch].audit, 4);
  for (const [index, value] of (call.arguments ?? []).entries()) {
    facts.writeUInt32LE(value, 16 + index * 8);
  }
  let accumulator = 0;
  for (let at = 0; at < program.byteLength; at += 8) {
    const code = program.readUInt16LE(at);
    const value = program.readUInt32LE(at + 4);
    const jump = (isTrue: boolean): void => {
      at += program.readUInt8(at + (isTrue ? 2 : 3)) * 8;
    };
    switch (code) {
      case 0x20:
        accumulator = facts.readUInt32LE(value);
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x15:
        jump(accumulator === value);
        break;
      case 0x35:
        jump(accumulator >= value);
        break;
      case 0x05:
        at += value * 8;
        break;
      case 0x06:
        return value;
      default:
        throw new Error(`what is ${String(code)}?`);
    }
  }
  throw new Error('a program without an end');
}

describe.each<FilterArch>(['x64', 'arm64'])('on %s', (arch) => {
  const { numbers } = ARCHITECTURES[arch];

  test.for(REFUSED_SYSCALLS)('%s is refused', (name) => {
    expect(verdict(arch, { number: numbers[name] })).toBe(REFUSED);
  });

  test.for([
    ['an internet socket', [2, 1], ALLOWED],
    ['one of version 6', [10, 1], ALLOWED],
    ['a unix socket', [1, 1], REFUSED],
    ['a raw line to the network card', [17, 3], REFUSED],
    ['a line to a virtual machine’s host', [40, 1], REFUSED],
  ] as const)('%s', ([, args, expected]) => {
    expect(verdict(arch, { number: numbers.socket, arguments: args })).toBe(expected);
  });

  test.for([
    ['a pair of streams', [1, 1], ALLOWED],
    ['a pair of streams that closes itself', [1, 0x80001], ALLOWED],
    ['a pair of datagrams', [1, 2], REFUSED],
    ['a pair of datagrams that closes itself', [1, 0x80002], REFUSED],
    ['a pair of another family', [2, 1], REFUSED],
  ] as const)('%s', ([, args, expected]) => {
    expect(verdict(arch, { number: numbers.socketpair, arguments: args })).toBe(expected);
  });

  test('letters are not put into a terminal, and its size is still told', () => {
    expect(verdict(arch, { number: numbers.ioctl, arguments: [0, 0x5412] })).toBe(REFUSED);
    expect(verdict(arch, { number: numbers.ioctl, arguments: [0, 0x5413] })).toBe(ALLOWED);
  });

  test('what is not listed is allowed', () => {
    expect(verdict(arch, { number: 0 })).toBe(ALLOWED);
  });

  test('a call by the table of another processor ends the program', () => {
    expect(verdict(arch, { number: 0, arch: 0x40000003 })).toBe(KILLED);
  });

  test('a call by the second table of the same processor is refused', () => {
    expect(verdict(arch, { number: 0x40000000 + numbers.ptrace })).toBe(REFUSED);
  });
});
