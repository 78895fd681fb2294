import { describe, expect, test } from 'vitest';

import { NO_REQUIREMENTS, type Requirements, requirementsOf } from '../config/index.ts';
import { features, resolveFeatures as resolveSettings } from './index.ts';
import type { FeatureSpec } from './registry.ts';
import { forbiddenWith, resolveWith } from './resolveFeatures.ts';

const nothing = { features: new Map<string, boolean>() };
const switched = (values: Readonly<Record<string, boolean>>) => ({
  features: new Map(Object.entries(values)),
});

const resolveFeatures = (
  config: typeof nothing,
  enable: readonly string[] = [],
  disable: readonly string[] = [],
) => {
  const { features: set, warnings } = resolveSettings({
    config,
    requirements: NO_REQUIREMENTS,
    enable,
    disable,
  });
  return { warnings, isEnabled: set.isEnabled.bind(set) };
};

function spec(changes: Partial<FeatureSpec>): FeatureSpec {
  return {
    stage: 'stable',
    isOnByDefault: false,
    aliases: [],
    needs: [],
    displayName: null,
    description: null,
    ...changes,
  };
}

describe('features', () => {
  test('voice is on by default and stable', () => {
    expect(resolveFeatures(nothing).isEnabled('realtime_conversation')).toBe(true);
    expect(features.realtime_conversation.stage).toBe('stable');
  });

  test.for<[string, boolean | undefined, boolean, boolean, boolean]>([
    ['the configuration beats the default', false, false, false, false],
    ['--enable beats the configuration', false, true, false, true],
    ['--disable beats the configuration', true, false, true, false],
    ['--disable beats --enable', undefined, true, true, false],
  ])('%s', ([, configured, enable, disable, expected]) => {
    const name = 'realtime_conversation';
    const config = {
      features: new Map(configured === undefined ? [] : [[name, configured]]),
    };
    const resolved = resolveFeatures(config, enable ? [name] : [], disable ? [name] : []);

    expect(resolved).toMatchObject({ warnings: [] });
    expect(resolved.isEnabled(name)).toBe(expected);
  });

  test('an unknown one gives a warning object and changes nothing', () => {
    const config = {
      features: new Map([
        ['realtime_conversatoin', false],
        ['toString', true],
      ]),
    };
    const resolved = resolveFeatures(config, ['unified_exec']);

    expect(resolved.warnings).toEqual([
      {
        code: 'unknownFeature',
        feature: 'realtime_conversatoin',
        source: 'config',
        message:
          'Unknown feature realtime_conversatoin (config); did you mean "realtime_conversation"?',
      },
      {
        code: 'unknownFeature',
        feature: 'toString',
        source: 'config',
        message: 'Unknown feature toString (config).',
      },
      {
        code: 'unknownFeature',
        feature: 'unified_exec',
        source: '--enable',
        message: 'Unknown feature unified_exec (--enable).',
      },
    ]);
    expect(resolved.isEnabled('realtime_conversation')).toBe(true);
  });

  test('one of a carried-over configuration that is not ours passes in silence', () => {
    expect(resolveFeatures({ features: new Map([['unified_exec', true]]) }).warnings).toEqual([]);
  });

  test('a former name works and says what it is called now', () => {
    const registry = { fresh: spec({ aliases: ['stale'] }) };
    const resolved = resolveWith(registry, {
      config: switched({ stale: true }),
      requirements: NO_REQUIREMENTS,
    });

    expect(resolved.features.isEnabled('fresh')).toBe(true);
    expect(resolved.warnings).toEqual([
      {
        code: 'renamedFeature',
        feature: 'stale',
        source: 'config',
        message: 'Feature stale (config) is now called fresh.',
      },
    ]);
  });

  test('a removed one cannot be switched on', () => {
    const resolved = resolveWith(
      { gone: spec({ stage: 'removed' }) },
      { config: nothing, requirements: NO_REQUIREMENTS, enable: ['gone'] },
    );

    expect(resolved.features.isEnabled('gone')).toBe(false);
    expect(resolved.warnings).toMatchObject([{ code: 'removedFeature', source: '--enable' }]);
  });
});

const FILE = '/etc/parley/requirements.toml';
const fixed = (text: string): Requirements =>
  requirementsOf([{ file: FILE, text: `[features]\n${text}` }]);
/** Each needs the one before it. */
const chain = {
  one: spec({ isOnByDefault: true, aliases: ['uno'] }),
  two: spec({ needs: ['one'] }),
  three: spec({ needs: ['two'] }),
  gone: spec({ stage: 'removed' }),
};
const values = (requirements: Requirements, asked: Readonly<Record<string, boolean>>): object => {
  const { features: set } = resolveWith(chain, { config: switched(asked), requirements });
  return {
    one: set.isEnabled('one'),
    two: set.isEnabled('two'),
    three: set.isEnabled('three'),
  };
};

describe('features that need others', () => {
  test.for([
    [
      { two: true, three: true, one: false },
      { one: false, two: false, three: false },
    ],
    [{ three: true }, { one: true, two: false, three: false }],
    [
      { two: true, three: true },
      { one: true, two: true, three: true },
    ],
  ] as const)('%j makes %j', ([asked, now]) => {
    expect(values(NO_REQUIREMENTS, asked)).toEqual(now);
  });
});

describe('features that are fixed for the machine', () => {
  test.for([
    ['nothing', '', { two: true }, { one: true, two: true, three: false }],
    ['one off', 'one = false', { one: true, two: true }, { one: false, two: false, three: false }],
    [
      'what needs others on',
      'three = true',
      { one: false, two: false },
      { one: true, two: true, three: true },
    ],
    [
      'what others need off',
      'two = false',
      { two: true, three: true },
      { one: true, two: false, three: false },
    ],
  ] as const)('%s: the rest is free, what follows from it is not', ([, text, asked, now]) => {
    expect(values(fixed(text), asked)).toEqual(now);
  });

  test.for<[string, string, string]>([
    ['a former name', 'uno = true', 'features.uno is a former name; write one.'],
    ['what has been removed on', 'gone = true', 'features.gone cannot be on'],
    ['a need off and its user on', 'one = false\nthree = true', 'needs features.'],
    ['the same in the other order', 'three = true\none = false', 'needs features.'],
  ])('%s cannot be, and the file is named', ([, text, words]) => {
    const resolve = (): unknown =>
      resolveWith(chain, { config: nothing, requirements: fixed(text) });

    expect(resolve).toThrow(`${FILE}: `);
    expect(resolve).toThrow(words);
  });

  test('an unknown one is told, and one of another product that is off here anyway is not', () => {
    const { warnings } = resolveWith(chain, {
      config: nothing,
      requirements: fixed('telepathie = true\nunified_exec = false\nmemories = true'),
    });

    expect(warnings.map(({ message }) => message)).toEqual([
      `${FILE} fixes feature telepathie, which is unknown here.`,
      `${FILE} fixes feature memories, which is unknown here.`,
    ]);
  });

  test('a switch against it has no effect and is warned of, one with it is not', () => {
    const config = switched({ three: true, one: true });
    const { features: set, warnings } = resolveWith(chain, {
      config,
      requirements: fixed('two = false'),
    });

    expect(set.isEnabled('three')).toBe(false);
    expect(warnings).toEqual([
      {
        code: 'pinnedFeature',
        feature: 'three',
        source: 'config',
        message: `Feature three is fixed off, through two, by ${FILE}; what config says of it has no effect.`,
      },
    ]);
  });

  test('a change is refused with the reason, leaves the value, and a permitted one tells what is now', () => {
    const { features: set } = resolveWith(chain, {
      config: nothing,
      requirements: fixed('one = true'),
    });
    const reason = `Feature one is fixed on by ${FILE}`;

    expect(set.canSet('one', false)).toEqual({ isDone: false, value: true, reason });
    expect(set.set('one', false)).toEqual({ isDone: false, value: true, reason });
    expect(set.set('gone', true)).toMatchObject({ isDone: false, value: false });
    // Asked for, and off all the same until what it needs is on.
    expect(set.set('three', true)).toEqual({ isDone: true, value: false });
    expect(set.canSet('two', true)).toEqual({ isDone: true, value: true });
    expect(set.isEnabled('three')).toBe(false);
    expect(set.set('two', true)).toEqual({ isDone: true, value: true });
    expect(set.isEnabled('three')).toBe(true);
  });

  test('what stands against it is found in every profile, by former names as well', () => {
    const config = {
      ...switched({ three: true, two: true }),
      profiles: new Map([['p', switched({ uno: false })]]),
    };
    const keys = forbiddenWith(chain, config, fixed('one = true\nthree = false')).map(
      ({ key }) => key,
    );

    expect(keys).toEqual(['features.three', 'profiles.p.features.uno']);
  });
});
