import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import process from 'node:process';

import { errorText, hasCode, parseJson } from '../../../core/base/index.ts';
import { readSettingsText } from '../../../core/platform/index.ts';
import { CommandError } from '../commandError.ts';

/** The values of the `--ws-*` flags of `app-server`, as they were written (app-server §1). */
export type SocketAuthFlags = {
  readonly wsAuth?: string | undefined;
  readonly wsTokenFile?: string | undefined;
  readonly wsTokenSha256?: string | undefined;
  readonly wsSharedSecretFile?: string | undefined;
  readonly wsIssuer?: string | undefined;
  readonly wsAudience?: string | undefined;
  readonly wsMaxClockSkewSeconds?: string | undefined;
};

/** Whether whoever shows this token is the owner of the engine. */
export type TokenCheck = (token: string, nowMs: number) => boolean;

const MIN_SECRET_BYTES = 32;
const DEFAULT_SKEW_SECONDS = 30;

/**
 * What the flags ask of whoever connects; `undefined` when they ask nothing. A token file that is not
 * there yet is made. Throws a `CommandError` that says what is wrong with the flags or their files.
 */
export async function readSocketAuth(flags: SocketAuthFlags): Promise<TokenCheck | undefined> {
  switch (flags.wsAuth) {
    case undefined:
      if (Object.values(flags).some((value) => value !== undefined)) {
        throw mistake('The --ws flags need --ws-auth capability-token or signed-bearer-token.');
      }
      return undefined;
    case 'capability-token':
      return capabilityToken(flags);
    case 'signed-bearer-token':
      return signedToken(flags);
    default:
      throw mistake(`--ws-auth is capability-token or signed-bearer-token, not "${flags.wsAuth}".`);
  }
}

async function capabilityToken(flags: SocketAuthFlags): Promise<TokenCheck> {
  const { wsTokenFile: file, wsTokenSha256: hash } = flags;
  const { wsSharedSecretFile, wsIssuer, wsAudience, wsMaxClockSkewSeconds } = flags;
  if ((wsSharedSecretFile ?? wsIssuer ?? wsAudience ?? wsMaxClockSkewSeconds) !== undefined) {
    throw mistake(
      'Shared secret, issuer, audience and clock skew belong to --ws-auth signed-bearer-token.',
    );
  }
  if (file !== undefined && hash !== undefined) {
    throw mistake('Give --ws-token-file or --ws-token-sha256, not both.');
  }
  if (hash !== undefined) {
    if (!/^[\da-f]{64}$/iu.test(hash)) {
      throw mistake('--ws-token-sha256 is a SHA-256 in 64 hexadecimal digits.');
    }
    return isHashed(Buffer.from(hash, 'hex'));
  }
  if (file === undefined) {
    throw mistake('--ws-auth capability-token needs --ws-token-file or --ws-token-sha256.');
  }
  const token = (await readSecret('--ws-token-file', file)) ?? (await makeToken(file));
  if (token === '') throw mistake(`The token file ${file} is empty.`);
  return isHashed(sha256(token));
}

async function signedToken(flags: SocketAuthFlags): Promise<TokenCheck> {
  const { wsSharedSecretFile: file, wsTokenFile, wsTokenSha256, wsIssuer, wsAudience } = flags;
  if ((wsTokenFile ?? wsTokenSha256) !== undefined) {
    throw mistake('Token file and token hash belong to --ws-auth capability-token.');
  }
  if (file === undefined) {
    throw mistake('--ws-auth signed-bearer-token needs --ws-shared-secret-file.');
  }
  const secret = await readSecret('--ws-shared-secret-file', file);
  if (secret === undefined) throw mistake(`There is no shared secret file ${file}.`);
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw mistake(`The shared secret in ${file} has to be ${MIN_SECRET_BYTES} bytes at least.`);
  }
  const skew = flags.wsMaxClockSkewSeconds ?? String(DEFAULT_SKEW_SECONDS);
  if (!/^\d{1,6}$/u.test(skew)) {
    throw mistake('--ws-max-clock-skew-seconds is a number of seconds.');
  }
  const rules = { secret, skewSeconds: Number(skew), issuer: wsIssuer, audience: wsAudience };
  return (token, nowMs) => isSignedToken(token, nowMs, rules);
}

/** The content of a file that only its owner can read; `undefined` when there is none. */
async function readSecret(flag: string, file: string): Promise<string | undefined> {
  if (!isAbsolute(file)) throw mistake(`${flag} takes an absolute path, not "${file}".`);
  try {
    const { mode } = await stat(file);
    // Windows has no such bits; there the folder decides.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw mistake(`Other users can read ${file}; take that away (chmod 600).`);
    }
    return readSettingsText(file).trim();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new CommandError(`${file} cannot be read: ${errorText(error)}.`, 2, { cause: error });
  }
}

async function makeToken(file: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  try {
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new CommandError(`The token file ${file} cannot be made: ${errorText(error)}.`, 2, {
      cause: error,
    });
  }
  return token;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time; hashing first makes the lengths equal. */
const isHashed =
  (expected: Buffer): TokenCheck =>
  (token) =>
    timingSafeEqual(sha256(token), expected);

type SignedTokenRules = {
  readonly secret: string;
  readonly skewSeconds: number;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
};

type Claims = Readonly<Record<string, unknown>>;

/** A JSON Web Token signed with HS256 (RFC 7519) that has not expired and was made for us. */
function isSignedToken(token: string, nowMs: number, rules: SignedTokenRules): boolean {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = claimsIn(head);
  if (more.length > 0 || header?.['alg'] !== 'HS256') return false;
  // It names what a reader has to understand beyond RFC 7519, or must refuse the token; we understand none of it.
  if ('crit' in header) return false;
  const expected = createHmac('sha256', rules.secret).update(`${head}.${body}`).digest('base64url');
  if (!timingSafeEqual(sha256(signature), sha256(expected))) return false;
  const claims = claimsIn(body);
  return claims !== undefined && areClaimsGood(claims, nowMs / 1000, rules);
}

function areClaimsGood(claims: Claims, nowSeconds: number, rules: SignedTokenRules): boolean {
  const { exp, nbf, iss, aud } = claims;
  const { skewSeconds, issuer, audience } = rules;
  if (typeof exp !== 'number' || exp + skewSeconds <= nowSeconds) return false;
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - skewSeconds > nowSeconds))
    return false;
  if (issuer !== undefined && iss !== issuer) return false;
  return audience === undefined || (Array.isArray(aud) ? aud.includes(audience) : aud === audience);
}

function claimsIn(part: string): Claims | undefined {
  const json = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  if ('problem' in json || typeof json.value !== 'object' || json.value === null) return undefined;
  return { ...json.value };
}

const mistake = (words: string): CommandError => new CommandError(words, 2);
