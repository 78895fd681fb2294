import { Buffer } from 'node:buffer';

/** One step of a classic BPF program over the facts of a system call; labels name steps further down. */
export type Step =
  /** Takes the 32 bits at this offset of `struct seccomp_data` into the accumulator. */
  | { readonly op: 'load'; readonly offset: number }
  | { readonly op: 'and'; readonly value: number }
  | { readonly op: 'jumpIf'; readonly is: '==' | '>='; readonly value: number; readonly to: string }
  | { readonly op: 'jump'; readonly to: string }
  | { readonly op: 'label'; readonly name: string }
  | { readonly op: 'return'; readonly value: number };

type Instruction = Exclude<Step, { readonly op: 'label' }>;

/** Of `linux/bpf_common.h`. */
const CODES = {
  load: 0x20,
  and: 0x54,
  '==': 0x15,
  '>=': 0x35,
  jump: 0x05,
  return: 0x06,
} as const;

const INSTRUCTION_BYTES = 8;
/** What fits into a conditional jump. */
const MAX_CONDITIONAL_JUMP = 0xff;

/** The bytes of a program, as `struct sock_filter` lies in memory on the processors that we know. */
export function assemble(steps: readonly Step[]): Buffer {
  const labels = new Map<string, number>();
  const instructions: Instruction[] = [];
  for (const step of steps) {
    if (step.op === 'label') labels.set(step.name, instructions.length);
    else instructions.push(step);
  }
  const bytes = Buffer.alloc(instructions.length * INSTRUCTION_BYTES);
  for (const [at, instruction] of instructions.entries()) {
    const distanceTo = (label: string): number => {
      const distance = (labels.get(label) ?? -1) - at - 1;
      const limit = instruction.op === 'jump' ? 0xffffffff : MAX_CONDITIONAL_JUMP;
      if (distance < 0 || distance > limit) throw new RangeError(`no way to ${label}`);
      return distance;
    };
    const [code, ifTrue, value] = encode(instruction, distanceTo);
    bytes.writeUInt16LE(code, at * INSTRUCTION_BYTES);
    bytes.writeUInt8(ifTrue, at * INSTRUCTION_BYTES + 2);
    bytes.writeUInt32LE(value, at * INSTRUCTION_BYTES + 4);
  }
  return bytes;
}

function encode(
  instruction: Instruction,
  distanceTo: (label: string) => number,
): readonly [code: number, ifTrue: number, value: number] {
  switch (instruction.op) {
    case 'load':
      return [CODES.load, 0, instruction.offset];
    case 'and':
      return [CODES.and, 0, instruction.value];
    case 'jumpIf':
      return [CODES[instruction.is], distanceTo(instruction.to), instruction.value];
    case 'jump':
      return [CODES.jump, 0, distanceTo(instruction.to)];
    case 'return':
      return [CODES.return, 0, instruction.value];
  }
}
