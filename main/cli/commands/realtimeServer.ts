import process from 'node:process';

import { errorText } from '../../../core/base/index.ts';
import { readSettingsText, systemClock } from '../../../core/platform/index.ts';
import { CommandError, homeFolder } from '../../engine/index.ts';
import { ownCertificate } from '../certificate/index.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';
import { parseScript, startLocalServer } from '../localServer.ts';

export type RealtimeServerFlags = {
  readonly port: number;
  readonly script?: string;
  /** Refused: whoever may list processes would read it. */
  readonly apiKey?: string;
  readonly apiKeyFile?: string;
  readonly tls?: boolean;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
};

/** The built-in server alone, until Ctrl-C; its addresses, one per line, the ready line last. */
export async function runRealtimeServer(
  flags: RealtimeServerFlags,
  { io }: ProgramContext,
): Promise<number> {
  const stop = aborted(stopSignal());
  const { port, script: file } = flags;
  const apiKey = readApiKey(flags);
  const tls = await findTls(flags);
  const server = await startLocalServer({
    port,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tls === undefined ? {} : { tls: tls.pair }),
    ...(file === undefined ? {} : { script: parseScript(readTextFile(file), file) }),
  });
  const { href } = server.url;
  io.stdout.write(
    (tls?.note ?? '') +
      `Realtime API: ${href.replace(/^http/u, 'ws')}/realtime\n` +
      `Responses API: ${href}/responses\n` +
      `Parley's server is ready: ${href}\n`,
  );
  await stop;
  await server.close();
  return 0;
}

/** From a file or the environment, which others on this machine cannot read. */
function readApiKey({ apiKey, apiKeyFile }: RealtimeServerFlags): string | undefined {
  if (apiKey !== undefined) {
    throw new CommandError(
      'A key among the arguments can be read by everybody on this machine; put it in a file for --api-key-file, or set PARLEY_SERVER_KEY.',
      2,
    );
  }
  if (apiKeyFile === undefined) {
    const { PARLEY_SERVER_KEY: key = '' } = process.env;
    return key === '' ? undefined : key;
  }
  const key = readTextFile(apiKeyFile).trim();
  if (key === '') throw new CommandError(`${apiKeyFile} holds no key.`, 2);
  return key;
}

/** What the server proves itself with, and what to tell those who have to trust it. */
type Tls = {
  readonly pair: { readonly key: string; readonly cert: string };
  readonly note: string;
};

async function findTls({ tls, tlsKey, tlsCert }: RealtimeServerFlags): Promise<Tls | undefined> {
  if (tlsKey !== undefined && tlsCert !== undefined) {
    return { pair: { key: readPem(tlsKey), cert: readPem(tlsCert) }, note: '' };
  }
  if (tlsKey !== undefined || tlsCert !== undefined) {
    throw new CommandError('A certificate needs both --tls-key FILE and --tls-cert FILE.', 2);
  }
  return tls === true ? makeTls() : undefined;
}

async function makeTls(): Promise<Tls> {
  const { key, cert, certFile, validUntil } = await ownCertificate(
    homeFolder(process.env),
    systemClock.nowMs(),
  );
  const note =
    `Certificate: ${certFile}, for localhost, 127.0.0.1 and ::1, until ${validUntil.toISOString().slice(0, 10)}\n` +
    `To trust it, start Node clients with NODE_EXTRA_CA_CERTS=${certFile}\n`;
  return { pair: { key, cert }, note };
}

/** Node takes an empty one, and then no client gets in. */
function readPem(file: string): string {
  const text = readTextFile(file);
  if (text.trim() === '') throw new CommandError(`${file} is empty.`, 2);
  return text;
}

function readTextFile(file: string): string {
  try {
    return readSettingsText(file);
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${errorText(error)}.`, 2, { cause: error });
  }
}
