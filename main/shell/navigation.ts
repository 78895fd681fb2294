import { isAppUrl } from './appOrigin.ts';

/** Hosts the page may open in the user's browser: our help and the places where keys are made. */
const OUTSIDE_HOSTS: ReadonlySet<string> = new Set([
  'github.com',
  'developers.openai.com',
  'help.openai.com',
  'platform.openai.com',
]);

/** Our window shows our page and nothing else. */
export function mayNavigate(address: string): boolean {
  return isAppUrl(address);
}

/**
 * The address to hand to the system's browser, or `undefined` to refuse. Only `https`, only hosts
 * listed here, no port and no credentials: links may come out of a model's answer.
 */
export function outsideAddress(address: string): string | undefined {
  const url = URL.parse(address);
  const isAllowed =
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    OUTSIDE_HOSTS.has(url.hostname);
  return isAllowed ? url.href : undefined;
}
