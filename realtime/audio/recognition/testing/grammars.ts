import * as fc from 'fast-check';

import { choice, type Grammar, optional, repeat, sequence, slot, words } from '../index.ts';

const WORDS = ['stop', 'go', 'on', "what's", 'the', 'time', 'o’clock', 'well-known', 'p.m.', '12'];

/** Any grammar, of a few English words and numbers. */
export const grammars: fc.Arbitrary<Grammar> = fc.letrec<{ grammar: Grammar }>((tie) => ({
  grammar: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((some) => words(some.join(' '))),
    fc.constant(slot('number')),
    fc.array(tie('grammar'), { maxLength: 3 }).map((parts) => choice(...parts)),
    fc.array(tie('grammar'), { maxLength: 3 }).map((parts) => sequence(...parts)),
    tie('grammar').map(optional),
    tie('grammar').map(repeat),
  ),
})).grammar;
