const COURTESY =
  /^(?:ok(?:ay)?|hey|parley|please|now|could you|can you|would you|,|\s)+|(?:,|\s)*(?:please|s['’]il (?:te|vous) plaît)$/giu;
const QUIET =
  /^(?:be|keep|stay) (?:quiet|silent)$|^(?:hush|quiet|shush|shut up|stop talking)$|^(?:tais[- ]toi|silence|chut|ne dis rien|restez? silencieux)$/u;
const ALOUD =
  /^(?:you (?:can|may) )?(?:speak|talk) (?:again|aloud|to me again)$|^(?:stop being|no longer be) (?:quiet|silent)$|^(?:quiet off|end quiet)$|^(?:parle (?:de nouveau|encore)|tu peux parler|reparle)$/u;

/**
 * Whether words, spoken or typed, are nothing but the wish that Parley be quiet (true) or speak again
 * (false); undefined for all others. Whoever quotes such words or wants it for a while says more than that.
 */
export function quietWish(text: string): boolean | undefined {
  const words = text
    .toLowerCase()
    .replaceAll(/[.!?…]+/gu, '')
    .trim()
    .replaceAll(COURTESY, '');
  if (QUIET.test(words)) return true;
  return ALOUD.test(words) ? false : undefined;
}
