import { ConfigError, type Requirements } from '../config/index.ts';
import { FOREIGN_FEATURES } from './foreignFeatures.ts';
import type { FeatureSpec } from './registry.ts';

/** The value that a feature has whatever anybody sets, and why. */
export type Pin = {
  readonly value: boolean;
  /** The file that says so. */
  readonly file: string;
  /** The feature that the file names, where this one only follows from it. */
  readonly because?: string;
};

export type Pins = ReadonlyMap<string, Pin>;

type Registry = Readonly<Record<string, FeatureSpec>>;

/**
 * The pins of the requirements and what follows from them: what a feature needs is on with it, and what needs
 * it is off with it. Throws ConfigError, naming the file, for a former name and for what cannot be.
 */
export function pinsOf(registry: Registry, { features }: Pick<Requirements, 'features'>): Pins {
  const pins = new Map<string, Pin>();
  for (const [name, pin] of features) {
    if (Object.hasOwn(registry, name)) pins.set(name, pin);
    else refuseAlias(registry, name, pin.file);
  }
  for (const [name, { value, file }] of pins) {
    if (value && registry[name]?.stage === 'removed') {
      throw impossible(file, `features.${name} cannot be on, because it has been removed`);
    }
  }
  const waiting = Array.from(pins);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [name, { value, file, because = name }] = next;
    for (const other of value ? needsOf(registry, name) : needing(registry, name)) {
      const known = pins.get(other);
      if (known !== undefined && known.value !== value) {
        const [on, off] = value ? [name, other] : [other, name];
        throw impossible(
          file,
          `features.${on} needs features.${off}, which ${known.file} fixes so that both cannot be`,
        );
      }
      if (known !== undefined) continue;
      const implied: Pin = { value, file, because };
      pins.set(other, implied);
      waiting.push([other, implied]);
    }
  }
  return pins;
}

/** Names in the requirements that no feature has; those of other products that are fixed off are as fixed here. */
export function unknownPins(
  registry: Registry,
  { features }: Pick<Requirements, 'features'>,
): readonly { readonly name: string; readonly file: string }[] {
  return Array.from(features)
    .filter(([name]) => !Object.hasOwn(registry, name))
    .filter(([name, { value }]) => value || !FOREIGN_FEATURES.has(name))
    .map(([name, { file }]) => ({ name, file }));
}

function refuseAlias(registry: Registry, name: string, file: string): void {
  const now = Object.entries(registry).find(([, { aliases }]) => aliases.includes(name))?.[0];
  if (now === undefined) return;
  throw impossible(file, `features.${name} is a former name; write ${now}`);
}

const impossible = (file: string, what: string): ConfigError =>
  new ConfigError(`${file}: ${what}.`, { file });

export const needsOf = (registry: Registry, name: string): readonly string[] =>
  registry[name]?.needs ?? [];

const needing = (registry: Registry, name: string): readonly string[] =>
  Object.keys(registry).filter((other) => needsOf(registry, other).includes(name));
