import { expect, test } from 'vitest';

import { createSettingsStore, readSettings } from './settings.ts';

test('one broken setting does not cost the others', () => {
  const storage = {
    getItem: () =>
      JSON.stringify({
        theme: 'purple',
        output: 'text',
        quiet: 'yes',
        interruption: 'key',
        microphoneId: 7,
        connection: 'pigeon',
        echoCancellation: 1,
      }),
  };

  expect(readSettings(storage)).toEqual({
    theme: 'system',
    output: 'text',
    quiet: false,
    interruption: 'key',
    followUp: 'queue',
    microphoneId: null,
    connection: 'auto',
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    letterKeys: true,
    stopWord: true,
    lastThreadId: null,
  });
});

test('settings that are not JSON are the defaults, and a change is kept', () => {
  const kept: string[] = [];
  const store = createSettingsStore({
    getItem: () => '{',
    setItem: (_key, value) => kept.push(value),
  });
  store.update((settings) => ({ ...settings, output: 'text' }));

  expect(kept.map((value): unknown => JSON.parse(value))).toMatchObject([{ output: 'text' }]);
});
