import { expect, test } from 'vitest';

import { textMessage } from '../../model/index.ts';
import { ResponseStore, type StoredResponse } from './responseStore.ts';

function response(id: string, previousId?: string, text = id): StoredResponse {
  return {
    response: { id, status: 'completed' },
    input: [{ ...textMessage('user', text), id: `msg_${id}` }],
    output: [],
    previousId,
  };
}

const store = (maxResponses: number, maxBytes = 10_000): ResponseStore =>
  new ResponseStore({ maxResponses, maxBytes });

test('what was not used for longest leaves first, and its items with it', () => {
  const kept = store(2);
  for (const id of ['a', 'b']) kept.add(response(id));
  kept.get('a');
  kept.add(response('c'));

  expect(['a', 'b', 'c'].map((id) => kept.get(id)?.response.id)).toEqual(['a', undefined, 'c']);
  expect(kept.findItem('msg_b')).toBeUndefined();
  expect(kept.findItem('msg_c')).toMatchObject({ id: 'msg_c' });
});

test('a conversation that goes on keeps all of itself', () => {
  const kept = store(3);
  kept.add(response('a'));
  kept.add(response('b', 'a'));
  kept.add(response('other'));
  expect(kept.conversation('b')).toHaveLength(2);
  kept.add(response('c', 'b'));

  expect(kept.conversation('c')).toMatchObject([{ id: 'msg_a' }, { id: 'msg_b' }, { id: 'msg_c' }]);
  expect(kept.get('other')).toBeUndefined();
});

test('without a part of it there is no conversation', () => {
  const kept = store(9);
  kept.add(response('a'));
  kept.add(response('b', 'a'));

  expect([kept.delete('a'), kept.delete('a')]).toEqual([true, false]);
  expect(kept.conversation('b')).toBeUndefined();
});

test('bytes are bounded as well, and what alone is too large is not kept', () => {
  const kept = store(9, 2000);
  kept.add(response('a', undefined, 'x'.repeat(1200)));
  kept.add(response('b', undefined, 'x'.repeat(3000)));
  expect(kept.get('a')).toBeDefined();
  kept.add(response('c', undefined, 'x'.repeat(1200)));

  expect(['a', 'b', 'c'].map((id) => kept.get(id) !== undefined)).toEqual([false, false, true]);
});
