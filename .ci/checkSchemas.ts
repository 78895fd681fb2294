import { afterEach } from 'vitest';

import { checkSchemas } from '../core/testing/index.ts';

const check = checkSchemas();

afterEach(() => {
  // Answers of clients are what many suites get wrong on purpose.
  const wrong = check.violations.filter((violation) => !violation.startsWith('answer '));
  if (wrong.length > 0) throw new Error(`Not as the printed schema has it:\n${wrong.join('\n')}`);
});
