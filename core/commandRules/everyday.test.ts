import { expect, it } from 'vitest';

import { judgeCommand } from './index.ts';
import { everydayCommands } from './testing/index.ts';

it('has at most one in twenty of everyday commands asked about', () => {
  const asked = everydayCommands.filter((script) => {
    const { kind } = judgeCommand(script, { cwd: '/project', rules: [] });
    return kind === 'danger' || kind === 'forbidden';
  });
  expect(everydayCommands.length).toBeGreaterThanOrEqual(500);
  expect(asked.length / everydayCommands.length).toBeLessThanOrEqual(0.05);
});
