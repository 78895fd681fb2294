import { realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import * as z from 'zod';

import { errorText, hasCode, withoutByteOrderMark } from '../base/index.ts';
import { readSettingsText, writeFileAtomic } from '../platform/index.ts';
import { AuthError } from './errors.ts';

const AuthFile = z.looseObject({
  auth_mode: z.string().nullish(),
  OPENAI_API_KEY: z.string().nullish(),
  tokens: z.looseObject({}).nullish(),
});

/** What `auth.json` of the home folder holds for us. */
export type StoredAuth = {
  readonly apiKey: string | undefined;
  /** Somebody signed in with an account; its tokens are no key, and nothing here can renew them. */
  readonly hasAccount: boolean;
  /** One sentence when other users of the machine can read the key. */
  readonly warning: string | undefined;
};

const NOTHING: StoredAuth = { apiKey: undefined, hasAccount: false, warning: undefined };

/** Reads the stored OpenAI key. A missing file is no key; one that is not understood is an AuthError. */
export async function readStoredAuth(home: string): Promise<StoredAuth> {
  const path = join(home, 'auth.json');
  const file = await readWithMode(path);
  if (file === undefined) return NOTHING;
  const parsed = AuthFile.safeParse(parseJson(path, file.content));
  if (!parsed.success) {
    throw new AuthError(
      'credentialStoreUnreadable',
      `${path} does not hold a stored key in a form that is known; sign in again or delete it.`,
    );
  }
  const { auth_mode: mode, OPENAI_API_KEY: key, tokens } = parsed.data;
  // Another way of signing in may keep a key beside it; it is not the one in use.
  const isKeyInUse = mode === undefined || mode === null || mode.toLowerCase() === 'apikey';
  const apiKey = key?.trim() ?? '';
  const hasAccount = tokens !== undefined && tokens !== null;
  if (!isKeyInUse || apiKey === '') return { ...NOTHING, hasAccount };
  return {
    apiKey,
    hasAccount,
    warning: file.isPrivate ? undefined : `${path} can be read by others; ${FIX}`,
  };
}

/** Whether a header can carry a key; what else looks like one would fail later, in words that repeat it. */
export const isSendableKey = (key: string): boolean => /^[\u0021-\u007e]+$/u.test(key);

/** Signs in with a key, in place of whatever was stored; only this user can read it. Throws AuthError. */
export async function storeApiKey(home: string, text: string): Promise<void> {
  const apiKey = text.trim();
  if (!isSendableKey(apiKey)) {
    throw new AuthError('keyUnusable', 'An API key must be one word of plain letters and signs.');
  }
  const file = { auth_mode: 'apikey', OPENAI_API_KEY: apiKey, tokens: null, last_refresh: null };
  await changing(home, async (path) => {
    // What a link points to is replaced, not the link.
    const target = await realpath(path).catch(() => path);
    await writeFileAtomic(target, `${JSON.stringify(file, null, 2)}\n`);
  });
}

/** Signs out: nothing is stored any more. */
export async function removeStoredAuth(home: string): Promise<void> {
  await changing(home, async (path) => rm(path, { force: true }));
}

async function changing(home: string, change: (path: string) => Promise<void>): Promise<void> {
  const path = join(home, 'auth.json');
  try {
    await change(path);
  } catch (error) {
    const message = `${path} cannot be written: ${errorText(error)}.`;
    throw new AuthError('credentialStoreUnwritable', message, { cause: error });
  }
}

const FIX = 'make it private with chmod 600.';

async function readWithMode(
  path: string,
): Promise<{ content: string; isPrivate: boolean } | undefined> {
  try {
    const content = readSettingsText(path);
    const { mode } = await stat(path);
    // Windows reports a mode that says nothing about who may read.
    const isPrivate = process.platform === 'win32' || (mode & 0o077) === 0;
    return { content, isPrivate };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new AuthError(
      'credentialStoreUnreadable',
      `${path} cannot be read: ${errorText(error)}.`,
      {
        cause: error,
      },
    );
  }
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(content));
  } catch {
    // The parser's own message repeats a piece of the file, which may be the key.
    throw new AuthError(
      'credentialStoreUnreadable',
      `${path} is not valid JSON; sign in again or delete it.`,
    );
  }
}
