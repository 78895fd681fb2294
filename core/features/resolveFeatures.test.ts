import { describe, expect, test } from 'vitest';

import { features, resolveFeatures } from './index.ts';
import type { FeatureSpec } from './registry.ts';
import { resolveWith } from './resolveFeatures.ts';

const nothing = { features: new Map<string, boolean>() };

function spec(changes: Partial<FeatureSpec>): FeatureSpec {
  return {
    stage: 'stable',
    isOnByDefault: false,
    aliases: [],
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
    const resolved = resolveWith(registry, { features: new Map([['stale', true]]) }, [], []);

    expect(resolved.isEnabled('fresh')).toBe(true);
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
    const resolved = resolveWith({ gone: spec({ stage: 'removed' }) }, nothing, ['gone'], []);

    expect(resolved.isEnabled('gone')).toBe(false);
    expect(resolved.warnings).toMatchObject([{ code: 'removedFeature', source: '--enable' }]);
  });
});
