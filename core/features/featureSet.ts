import { needsOf, type Pin, type Pins } from './pins.ts';
import type { FeatureSpec } from './registry.ts';

type Registry = Readonly<Record<string, FeatureSpec>>;

/** What came of a change: what the feature is now, which a refused change has left as it was. */
export type FeatureChange =
  | { readonly isDone: true; readonly value: boolean }
  | { readonly isDone: false; readonly value: boolean; readonly reason: string };

/**
 * Which features are on. The only way in is from a registry and the pins of this machine, so that there is no
 * set which they do not hold; a change that they forbid is refused with the reason and never throws.
 */
export class FeatureSet<Name extends string> {
  readonly #registry: Readonly<Record<Name, FeatureSpec>>;
  readonly #pins: Pins;
  readonly #asked: Map<string, boolean>;
  #effective: ReadonlyMap<string, boolean>;

  private constructor(registry: Readonly<Record<Name, FeatureSpec>>, pins: Pins) {
    this.#registry = registry;
    this.#pins = pins;
    const specs = Object.entries<FeatureSpec>(registry);
    this.#asked = new Map(specs.map(([name, spec]) => [name, spec.isOnByDefault]));
    this.#effective = normalised(registry, this.#asked, pins);
  }

  /** As everything is unless somebody says otherwise. */
  static ofDefaults<Known extends string>(
    registry: Readonly<Record<Known, FeatureSpec>>,
    pins: Pins,
  ): FeatureSet<Known> {
    return new FeatureSet(registry, pins);
  }

  isEnabled(name: Name): boolean {
    return this.#effective.get(name) ?? false;
  }

  /** Set where nobody here decides about it. */
  pinOf(name: string): Pin | undefined {
    return this.#pins.get(name);
  }

  /** Of a feature that is not on, for a person who wants it. */
  whyOff(name: Name): string {
    const pin = this.#pins.get(name);
    return pin === undefined ? `Feature ${name} is off in the settings` : pinWords(name, pin);
  }

  /** What `set` would do. */
  canSet(name: Name, value: boolean): FeatureChange {
    const now = this.isEnabled(name);
    const pin = this.#pins.get(name);
    if (pin !== undefined && pin.value !== value) {
      return { isDone: false, value: now, reason: pinWords(name, pin) };
    }
    if (value && this.#registry[name].stage === 'removed') {
      return { isDone: false, value: now, reason: `Feature ${name} has been removed` };
    }
    const next = normalised(this.#registry, new Map([...this.#asked, [name, value]]), this.#pins);
    return { isDone: true, value: next.get(name) ?? false };
  }

  /** Turns a feature as far as that can be. */
  set(name: Name, value: boolean): FeatureChange {
    const change = this.canSet(name, value);
    if (!change.isDone) return change;
    this.#asked.set(name, value);
    this.#effective = normalised(this.#registry, this.#asked, this.#pins);
    return change;
  }
}

/** Why a feature is what it is, for a person who wants it otherwise. */
export function pinWords(name: string, { value, file, because }: Pin): string {
  const through = because === undefined ? '' : `, through ${because},`;
  return `Feature ${name} is fixed ${value ? 'on' : 'off'}${through} by ${file}`;
}

/** What is asked for, under the pins; a feature is off where one that it needs is. */
function normalised(
  registry: Registry,
  asked: ReadonlyMap<string, boolean>,
  pins: Pins,
): ReadonlyMap<string, boolean> {
  const values = new Map(asked);
  for (const [name, { value }] of pins) values.set(name, value);
  const isUnmet = (name: string): boolean =>
    values.get(name) === true &&
    needsOf(registry, name).some((other) => values.get(other) !== true);
  for (
    let unmet = Object.keys(registry).find(isUnmet);
    unmet !== undefined;
    unmet = Object.keys(registry).find(isUnmet)
  ) {
    values.set(unmet, false);
  }
  return values;
}
