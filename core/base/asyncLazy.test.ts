import { expect, test, vi } from 'vitest';

import { AsyncLazy } from './asyncLazy.ts';

test('those who ask while it fails fail together, and the next one has it made anew', async () => {
  const make = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('not yet'));
  make.mockResolvedValue('there');
  const lazy = new AsyncLazy(make);
  expect(await lazy.made()).toBeUndefined();
  expect(make).not.toHaveBeenCalled();

  const asked = [lazy.get(), lazy.get()];
  expect(await lazy.made()).toBeUndefined();
  expect(await Promise.allSettled(asked)).toMatchObject([
    { reason: { message: 'not yet' } },
    { reason: { message: 'not yet' } },
  ]);
  expect(make).toHaveBeenCalledOnce();

  expect(await Promise.all([lazy.get(), lazy.get(), lazy.made()])).toEqual([
    'there',
    'there',
    'there',
  ]);
  expect(make).toHaveBeenCalledTimes(2);
});
