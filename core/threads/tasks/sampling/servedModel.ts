/** A date at the end of a name: `-2026-04-01` or `-20260401`. */
const DATE = /-\d{4}-?\d{2}-?\d{2}$/u;

/** True when a provider's name for a model is the asked one, perhaps with a snapshot's date. */
export function isSameModel(asked: string, served: string): boolean {
  return shortName(asked) === shortName(served);
}

/** Without the vendor that gateways put in front: `openai/gpt-x`. */
function shortName(name: string): string {
  return name.trim().toLowerCase().replace(DATE, '').split('/').at(-1) ?? '';
}
