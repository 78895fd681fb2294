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
