import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';

import { appPath, CONTENT_SECURITY_POLICY, contentPolicyOf } from '../shell/index.ts';

/** An answer for either host: Electron makes a `Response` of it, the browser host writes it. */
export type AppFile = {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const SAFE_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Vite puts a hash of the content into these names, so they may be kept for ever. */
const HASHED = /^assets\/.+-[\w-]{8,}\.\w+$/u;

/**
 * Reads a file of the built page. `pathname` is taken as it stands in the address, percent signs and
 * all; anything that is not a file below `root` is a 404 with the same headers.
 */
export async function readAppFile(root: string, pathname: string): Promise<AppFile> {
  const path = appPath(pathname);
  if (path === undefined) return notFound();
  const folder = resolve(root);
  const file = join(folder, path);
  // Checked once more on the final path, so that no reading of `path` decides alone.
  if (!file.startsWith(`${folder}${sep}`)) return notFound();
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = await readFile(file);
  } catch {
    return notFound();
  }
  return {
    status: 200,
    headers: {
      ...SAFE_HEADERS,
      'Content-Security-Policy': contentPolicyOf(path),
      'Content-Type': CONTENT_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
      'Cache-Control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-store',
    },
    body,
  };
}

function notFound(): AppFile {
  return {
    status: 404,
    headers: {
      ...SAFE_HEADERS,
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
    },
    body: new TextEncoder().encode('Not found\n'),
  };
}
