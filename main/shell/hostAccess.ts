const OWN_NAMES: ReadonlySet<string> = new Set(['localhost', '[::1]']);
/** The whole block leads nowhere else (RFC 1122 §3.2.1.3). */
const OWN_BLOCK = /^127(?:\.\d{1,3}){3}$/u;

/**
 * True when a request was meant for this host. A page elsewhere can make its own name resolve to
 * 127.0.0.1 (DNS rebinding); the `Host` header then still carries that name.
 */
export function isOwnHost(hostHeader: string | undefined, port: number): boolean {
  const url = hostHeader === undefined ? null : URL.parse(`http://${hostHeader}`);
  if (url === null || url.pathname !== '/' || url.username !== '' || url.search !== '')
    return false;
  const isOwn = OWN_NAMES.has(url.hostname) || OWN_BLOCK.test(url.hostname);
  return isOwn && (url.port === '' ? 80 : Number(url.port)) === port;
}

/** Where the page's socket is asked for; a plain request there tells how that stands. */
export const RPC_PATH = '/rpc';

export type UpgradeFacts = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly port: number;
  readonly pathname: string;
  readonly isTokenRight: boolean;
};

export type UpgradeAnswer = 'accepted' | '401 Unauthorized' | '403 Forbidden' | '404 Not Found';

/** Who may open the JSON-RPC socket: our own page, which knows the token of the start-up address. */
export function answerUpgrade(facts: UpgradeFacts): UpgradeAnswer {
  if (!isOwnHost(facts.host, facts.port)) return '403 Forbidden';
  // Browsers always name the origin of a WebSocket; a client that names none is not our page.
  if (facts.origin !== `http://${facts.host}`) return '403 Forbidden';
  if (facts.pathname !== RPC_PATH) return '404 Not Found';
  return facts.isTokenRight ? 'accepted' : '401 Unauthorized';
}
