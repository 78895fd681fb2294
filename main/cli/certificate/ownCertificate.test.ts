import { X509Certificate } from 'node:crypto';
import { mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ownCertificate } from './index.ts';

const NOW_MS = Date.now();
const DAY_MS = 24 * 60 * 60_000;

async function withHome(run: (home: string) => Promise<void>): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-tls-'));
  await run(folder.path);
}

test('a server with it is trusted by whoever trusts the file, by each name of this machine', () =>
  withHome(async (home) => {
    const { key, cert, certFile } = await ownCertificate(home, NOW_MS);
    const server = createServer({ key, cert }, (_request, response) => response.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ca = await readFile(certFile);
    const statuses: (number | undefined)[] = [];
    // Node checks the name that was asked for, wherever the connection leads.
    for (const host of ['127.0.0.1', 'localhost']) {
      const request = get({ host, port, ca, agent: false, family: 4 });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      statuses.push(response.statusCode);
    }
    const stranger = get({ host: '127.0.0.1', port, agent: false });
    const [refused] = (await once(stranger, 'error')) as [{ code: string }];
    server.close();

    expect(statuses).toEqual([200, 200]);
    expect(refused.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(new X509Certificate(cert).checkIP('::1')).toBe('::1');
  }));

test('it is kept, its key for the user alone, until it is about to expire', () =>
  withHome(async (home) => {
    const first = await ownCertificate(home, NOW_MS);
    const again = await ownCertificate(home, NOW_MS + 300 * DAY_MS);
    const renewed = await ownCertificate(home, NOW_MS + 360 * DAY_MS);
    const { mode } = await stat(join(home, 'tls', 'server-key.pem'));

    expect(again).toEqual(first);
    expect(renewed.cert).not.toBe(first.cert);
    expect(renewed.validUntil.getTime()).toBeGreaterThan(NOW_MS + 700 * DAY_MS);
    expect(await readFile(renewed.certFile, 'utf8')).toBe(renewed.cert);
    expect(mode & 0o777).toBe(0o600);
  }));

test.for(['server-key.pem', 'server-cert.pem'])('it is made again where %s is broken', (file) =>
  withHome(async (home) => {
    const first = await ownCertificate(home, NOW_MS);
    await writeFile(join(home, 'tls', file), 'nonsense');
    const second = await ownCertificate(home, NOW_MS);

    expect(second.key).not.toBe(first.key);
    expect(new X509Certificate(second.cert).checkHost('localhost')).toBe('localhost');
  }),
);
