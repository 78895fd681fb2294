import { webcrypto } from 'node:crypto';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** What a server on this machine alone is called. */
const LOOPBACK_NAMES = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks of two programs may differ, and a certificate must not come from the future. */
const SLACK_MS = 60 * 60_000;

export type KeyPair = { readonly key: string; readonly cert: string };

/** A new key, and a certificate that it signs itself: for loopback, for servers, and for no other certificate. */
export async function selfSigned(nowMs: number, lifetimeMs: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=Parley's local server",
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(nowMs - SLACK_MS),
      notAfter: new Date(nowMs + lifetimeMs),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([...LOOPBACK_NAMES]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    key: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    cert: `${certificate.toString('pem')}\n`,
  };
}
