/** The request itself: no "please", no "could you", no mark at the end. */
export function withoutCourtesy(typed: string): string {
  return typed
    .trim()
    .replace(/^(?:please|s['’] ?il (?:te|vous) plaît),? /iu, '')
    .replace(/^(?:can|could|would|will) you (?:please )?(?=\S)/iu, '')
    .replace(/[\s.!?]+$/u, '')
    .replace(/,? (?:please|s['’] ?il (?:te|vous) plaît)$/iu, '');
}
