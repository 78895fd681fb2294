/**
 * The file of the built page that an address names, as a relative path with forward slashes, or
 * `undefined`. Takes the path as it stands in the address. Decodes once; a path that would mean
 * something else after that (`..`, an encoded slash, a backslash, a drive, a control character) is
 * no file of ours.
 */
export function appPath(pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/%2f/iu.test(pathname) || !decoded.startsWith('/')) return undefined;
  if (decoded === '/') return 'index.html';
  const segments = decoded.slice(1).split('/');
  return segments.every((segment) => isPlainName(segment)) ? segments.join('/') : undefined;
}

// A name starts with a letter, a digit, a dash or an underscore, so hidden files and `..` are out too.
function isPlainName(segment: string): boolean {
  return /^[\p{L}\p{N}_-][\p{L}\p{N}_.\- ]*$/u.test(segment) && !segment.includes('..');
}
