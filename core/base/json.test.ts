import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { depthProblem, MAX_JSON_DEPTH, parseJson } from './json.ts';

const TOO_DEEP = { code: 'tooDeep', problem: 'is nested deeper than 128 levels' };
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON from outside', () => {
  test('may be nested to the limit and no level more, closed or not', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH))).toHaveProperty('value');
    expect(parseJson(nested(MAX_JSON_DEPTH + 1))).toEqual(TOO_DEEP);
    expect(parseJson('{"a":'.repeat(100_000))).toEqual(TOO_DEEP);
  });

  test.for([
    ['in text', JSON.stringify({ text: nested(1000) })],
    ['after an escaped quote', JSON.stringify({ text: `"${nested(1000)}` })],
    ['after a backslash at the end', JSON.stringify([String.raw`\\`, '"', nested(1000)])],
    ['beside each other', `[${'[],'.repeat(1000)}[]]`],
  ] as const)('does not count brackets %s', ([, text]) => {
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
  });

  test('that is broken is a problem in words and nothing thrown', () => {
    for (const text of ['', '{', '"', '"\\', ']'.repeat(1000), '\0'.repeat(1000)]) {
      expect(parseJson(text)).toEqual({ code: 'notJson', problem: 'is not valid JSON' });
    }
  });

  test('may begin with one byte order mark', () => {
    expect(parseJson('\uFEFF{"a":1}')).toEqual({ value: { a: 1 } });
    expect(parseJson('\uFEFF\uFEFF1')).toHaveProperty('problem');
    expect(parseJson('\uFEFF')).toHaveProperty('problem');
  });

  test('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  test('as an object has the same bound, also where it refers to itself', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;

    expect(depthProblem(JSON.parse(nested(MAX_JSON_DEPTH)))).toBeUndefined();
    expect(depthProblem(JSON.parse(nested(MAX_JSON_DEPTH + 1)))).toBe(TOO_DEEP.problem);
    expect(depthProblem(circle)).toBe(TOO_DEEP.problem);
  });
});
