import { expect, test } from 'vitest';

test('a unit test that loads electron fails with a sentence, and starts no download', async () => {
  await expect(import('electron')).rejects.toThrow('A unit test imported electron');
});
