import { isDeepStrictEqual } from 'node:util';

import { describeSettings } from './describeSettings.ts';
import type { NewRecord } from './history/index.ts';
import { keptSettingsOf, type SettingChanges, type ThreadSettings } from './ports.ts';

/** What turns run with from now on, and whether the journal knows. */
export class CurrentSettings {
  #value: ThreadSettings;
  #isKept = true;

  constructor(value: ThreadSettings) {
    this.#value = value;
  }

  get value(): ThreadSettings {
    return this.#value;
  }

  /** False when that changes nothing that clients see. */
  change(changes: SettingChanges): boolean {
    const before = this.#value;
    const given = { ...before, ...changes };
    if (isShallowEqual(given, before)) return false;
    this.#value = given;
    if (!isDeepStrictEqual(keptSettingsOf(before), keptSettingsOf(this.#value))) {
      this.#isKept = false;
    }
    return !isDeepStrictEqual(describeSettings(before), describeSettings(this.#value));
  }

  /** The record of what was changed since the last one, if something was. */
  takeRecord(): NewRecord | undefined {
    if (this.#isKept) return undefined;
    this.#isKept = true;
    const { environments, ...kept } = keptSettingsOf(this.#value);
    return { type: 'settings', ...kept, environments: [...environments] };
  }
}

/** Most turns change nothing, which need not be found out by walking all that settings hold. */
function isShallowEqual(one: ThreadSettings, other: ThreadSettings): boolean {
  const values = Object.values(other);
  const given = Object.values(one);
  return (
    given.length === values.length && given.every((value, index) => Object.is(value, values[index]))
  );
}
