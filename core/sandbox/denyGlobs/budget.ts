import { SandboxError } from '../errors.ts';

/** What looking for the matches of patterns may take, for one command. */
const MAX_NAMES = 400_000;
const MAX_MS = 8000;

/** Counts what is looked at, and ends it with one sentence when that is too much. */
export class SearchBudget {
  readonly #endsAtMs = performance.now() + MAX_MS;
  #left = MAX_NAMES;

  /** `folder` is what the pattern looks through. */
  take(names: number, folder: string): void {
    this.#left -= names;
    if (this.#left >= 0 && performance.now() < this.#endsAtMs) return;
    throw new SandboxError(
      'refused',
      `There is too much in ${folder} to look for files that a pattern closes. ` +
        'Set glob_scan_max_depth, or close folders by their names.',
    );
  }
}
