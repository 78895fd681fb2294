import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '../../../core/platform/index.ts';
import type { KeyPair } from './selfSigned.ts';

const DAY_MS = 24 * 60 * 60_000;
const LIFETIME_MS = 365 * DAY_MS;
/** One that would expire while the server runs is renewed at its start. */
const RENEW_BEFORE_MS = 7 * DAY_MS;

export type OwnCertificate = KeyPair & {
  /** The file that clients are told to trust. */
  readonly certFile: string;
  readonly validUntil: Date;
};

/**
 * The certificate of this installation for servers on loopback, kept in the home folder, so that it has
 * to be trusted once only. Made where there is none, or none that can still be used.
 */
export async function ownCertificate(home: string, nowMs: number): Promise<OwnCertificate> {
  const certFile = join(home, 'tls', 'server-cert.pem');
  const keyFile = join(home, 'tls', 'server-key.pem');
  const kept = await readPair(keyFile, certFile);
  if (kept !== undefined && isUsable(kept, nowMs)) return describe(kept, certFile);
  const { selfSigned } = await import('./selfSigned.ts');
  const made = await selfSigned(nowMs, LIFETIME_MS);
  await writeFileAtomic(keyFile, made.key);
  await writeFileAtomic(certFile, made.cert);
  return describe(made, certFile);
}

async function readPair(keyFile: string, certFile: string): Promise<KeyPair | undefined> {
  try {
    const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
    return { key, cert };
  } catch {
    // Whatever keeps it from being read: what is written next says so, if that fails as well.
    return undefined;
  }
}

/** Whether the two belong together and will do for some time. */
function isUsable({ key, cert }: KeyPair, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(cert);
    return (
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.checkHost('localhost') !== undefined &&
      certificate.validFromDate.getTime() <= nowMs &&
      certificate.validToDate.getTime() - nowMs > RENEW_BEFORE_MS
    );
  } catch {
    return false;
  }
}

function describe(pair: KeyPair, certFile: string): OwnCertificate {
  return { ...pair, certFile, validUntil: new X509Certificate(pair.cert).validToDate };
}
