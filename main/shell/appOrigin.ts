/** The page's own scheme and host in the desktop app. */
export const APP_SCHEME = 'app';
const APP_HOST = 'parley';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/**
 * True for an address of our own page. Compares parsed scheme and host: `URL.origin` of a custom scheme
 * is the string `null` in Node, and a prefix would let `app://parley.evil` through.
 */
export function isAppUrl(address: string): boolean {
  const url = URL.parse(address);
  return (
    url !== null &&
    url.protocol === `${APP_SCHEME}:` &&
    url.host === APP_HOST &&
    url.username === '' &&
    url.password === ''
  );
}
