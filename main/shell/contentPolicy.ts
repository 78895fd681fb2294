/**
 * What the page may load, in both hosts alike, so that tests in a browser run under the shipped policy.
 * Everything is a file of ours; `data:` images are icons in style sheets, `blob:` media is recorded sound.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A web worker of the page, which runs under a policy of its own: WebAssembly counts as a script there. */
const WORKER_FILE = /^assets\/[\w-]+\.worker-[\w-]+\.js$/u;

/** What a file of the built page may load when it runs, by its path below the page's folder. */
export function contentPolicyOf(path: string): string {
  return WORKER_FILE.test(path)
    ? "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    : CONTENT_SECURITY_POLICY;
}
