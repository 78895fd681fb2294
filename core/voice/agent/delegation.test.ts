import { expect, test } from 'vitest';

import { delegatedRequest, transcriptTail } from './delegation.ts';

test('of a long talk the newest part is handed over, cut between characters', () => {
  const lines = [{ role: 'user' as const, text: `${'😀'.repeat(2_100)}.` }];
  const cut = `…${'😀'.repeat(1_999)}.`;

  expect(delegatedRequest('do it', lines)?.modelText).toContain(`>${cut}<`);
  expect(transcriptTail(lines)).toContain(`\n${cut}\n`);
});
