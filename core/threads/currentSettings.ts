import { isDeepStrictEqual } from 'node:util';

import type { NewRecord } from './history/index.ts';
import { type SamplingSettings, samplingSettingsOf, type ThreadSettings } from './ports.ts';

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

  /** False when that changes nothing. */
  change(changes: Partial<SamplingSettings>): boolean {
    const before = samplingSettingsOf(this.#value);
    this.#value = { ...this.#value, ...changes };
    if (isDeepStrictEqual(before, samplingSettingsOf(this.#value))) return false;
    this.#isKept = false;
    return true;
  }

  /** The record of what was changed since the last one, if something was. */
  takeRecord(): NewRecord | undefined {
    if (this.#isKept) return undefined;
    this.#isKept = true;
    const { model, reasoningEffort, reasoningSummary, verbosity } = this.#value;
    return { type: 'settings', model, reasoningEffort, reasoningSummary, verbosity };
  }
}
