import { expect, test } from 'vitest';

import { QUESTION_OVER, readQuestion, writeQuestion } from './questionText.ts';

test.for([
  ['Which colour do you like?', ['Teal', 'Coral']],
  ['What should it be called?', []],
  ['Shall I? Options: none. Really?', ['Yes', 'No']],
] as const)('"%s" is read as it was written', ([question, options]) => {
  expect(readQuestion(writeQuestion(question, options))).toEqual({
    type: 'asked',
    question,
    options,
  });
});

test('a question without a mark gets one', () => {
  expect(readQuestion(writeQuestion('Your\n name', []))).toMatchObject({ question: 'Your name.' });
});

test.for(Object.values(QUESTION_OVER))('"%s" ends it', (text) => {
  expect(readQuestion(text)).toEqual({ type: 'over' });
});

test.for(['', 'The agent needs an answer', 'I found 3 files.'])(
  '"%s" is about no question',
  (text) => {
    expect(readQuestion(text)).toBeUndefined();
  },
);
