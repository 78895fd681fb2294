import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { InitializeParams } from '../../../core/protocol/index.ts';
import { readFastInitialize, readInitializeParams } from './fastInitialize.ts';

/** JSON as a client could send it, leaning towards what the schema looks at. */
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, '', 'x', [], {}, [1]) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const sometimes = (key: string, value: fc.Arbitrary<unknown>) =>
  fc.record({ [key]: value }, { requiredKeys: [] });
const join = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<unknown> =>
  fc.tuple(...parts).map((all): unknown => Object.assign({}, ...all));

const clientInfo = join(
  sometimes('name', fc.oneof(fc.string(), fc.string({ unit: 'binary' }), anything)),
  sometimes('version', fc.oneof(fc.string(), anything)),
  sometimes('title', fc.oneof(fc.string(), anything)),
  sometimes('extra', anything),
);
const capabilities = join(
  sometimes('experimentalApi', fc.oneof(fc.boolean(), anything)),
  sometimes('optOutNotificationMethods', fc.oneof(fc.array(fc.string()), anything)),
  sometimes('extensions', anything),
);
const params = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 8,
    arbitrary: join(
      sometimes('clientInfo', fc.oneof({ weight: 6, arbitrary: clientInfo }, anything)),
      sometimes('capabilities', fc.oneof({ weight: 4, arbitrary: capabilities }, anything)),
      sometimes('extra', anything),
    ),
  },
);

test('the hand-written check and the protocol table agree on every value', () => {
  let accepted = 0;
  fc.assert(
    fc.property(params, (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
      const byTable = InitializeParams.safeParse(json);
      accepted += byTable.success ? 1 : 0;
      expect(readInitializeParams(json)).toEqual(byTable.success ? byTable.data : undefined);
    }),
    { numRuns: 2_000 },
  );
  // A property that never saw a good value would prove half of what it says.
  expect(accepted).toBeGreaterThan(50);
});

describe('the first line', () => {
  const client = { clientInfo: { name: 'editor', version: '1.0.0' } };
  const line = (change: object): string =>
    JSON.stringify({ id: 1, method: 'initialize', params: client, ...change });

  test('is answered when it is a well-formed initialize', () => {
    expect(readFastInitialize(line({ jsonrpc: '2.0', trace: {} }))).toEqual({
      id: 1,
      params: client,
    });
  });

  test.for([
    ['another method', line({ method: 'thread/start' })],
    ['a notification', line({ id: undefined })],
    ['a null id', line({ id: null })],
    ['a fraction as id', line({ id: 1.5 })],
    ['no params', line({ params: undefined })],
    ['no client', line({ params: {} })],
    ['an array', `[${line({})}]`],
    ['two objects', line({}) + line({})],
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['null', 'null'],
  ] as const)('is left to the engine: %s', ([, text]) => {
    expect(readFastInitialize(text)).toBeUndefined();
  });
});
