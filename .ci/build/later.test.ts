import { expect, test } from 'vitest';
import * as z from 'zod';

import { later } from './later.ts';

function counted<T extends object>(make: () => T) {
  const seen = { made: 0 };
  const value = later(() => {
    seen.made += 1;
    return make();
  });
  return { seen, value };
}

test('nothing is made before it is asked for, not by those that name it either, and then once', () => {
  const { seen, value: Words } = counted(() => z.string().min(2));
  const { seen: seenRow, value: Row } = counted(() => z.object({ words: Words }));
  const Rows = z.object({ rows: z.array(Row), row: z.optional(z.nullable(Row)) });
  expect([seen.made, seenRow.made]).toEqual([0, 0]);

  expect(Rows.safeParse({ rows: [{ words: 'x' }] }).success).toBe(false);
  expect(Rows.parse({ rows: [{ words: 'xy' }], row: null }).rows).toEqual([{ words: 'xy' }]);
  expect([seen.made, seenRow.made]).toEqual([1, 1]);
});

test('it is of its class and has its methods', () => {
  const { value: Row } = counted(() => z.object({ words: z.string() }));

  expect([Row instanceof z.ZodObject, Row instanceof z.ZodType, Row instanceof z.ZodUnion]).toEqual(
    [true, true, false],
  );
  expect(Object.keys(Row.extend({ more: z.int() }).shape)).toEqual(['words', 'more']);
  expect(Row.keyof().options).toEqual(['words']);
  expect('shape' in Row && !('options' in Row)).toBe(true);
  expect(Row.check((payload) => void payload.issues).safeParse({}).success).toBe(false);
});

test('what cannot be made says so each time it is asked', () => {
  const { seen, value } = counted((): z.ZodType => {
    throw new Error('no such table');
  });

  expect(() => value.parse(1)).toThrow('no such table');
  expect(() => value.parse(1)).toThrow('no such table');
  expect(seen.made).toBe(2);
});
