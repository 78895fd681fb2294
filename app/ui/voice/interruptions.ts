import type { Settings } from '../../state/index.ts';

type InterruptionWords = {
  readonly id: Settings['interruption'];
  readonly name: string;
  readonly meaning: string;
  /** As an order, for the palette. */
  readonly command: string;
};

/** The ways to interrupt Parley, in plain words. */
export const INTERRUPTIONS: readonly InterruptionWords[] = [
  {
    id: 'on',
    name: 'Speak to interrupt',
    meaning: 'Parley stops as soon as it hears you.',
    command: 'Interrupt Parley by speaking',
  },
  {
    id: 'key',
    name: 'Interrupt by key',
    meaning: 'It speaks on while you talk; Esc or Stop interrupts.',
    command: 'Interrupt Parley by key only',
  },
  {
    id: 'off',
    name: 'Let it finish',
    meaning: 'It says everything to the end. Esc and Stop still work.',
    command: 'Let Parley always finish',
  },
];
