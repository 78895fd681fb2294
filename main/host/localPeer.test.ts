import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import process from 'node:process';

import { expect, test } from 'vitest';

import { endsIn, isOwnUser } from './localPeer.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (from: string, to: string, uid: number, inode = 3_374_778): string =>
  `   7: ${from} ${to} 01 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0 20 4 30 10 -1\n`;

const ends = { localPort: 0x1f90, remotePort: 0xb615 };

const held = (uid: number) => ({ uid, isHeld: true });

test.each<[string, string, ReturnType<typeof endsIn>]>([
  ['of nothing', '', []],
  ['of a table that is none', 'so much for that\n\n:\n', []],
  ['that is not there', HEAD + row('0100007F:B616', '0100007F:1F90', 1000), []],
  ['of ours alone', HEAD + row('0100007F:1F90', '0100007F:B615', 1000), []],
  ['of whoever connects', HEAD + row('0100007F:B615', '0100007F:1F90', 1001), [held(1001)]],
  [
    'of whoever connects by IPv6',
    row('0000000000000000FFFF00000100007F:B615', '0000000000000000FFFF00000100007F:1F90', 7),
    [held(7)],
  ],
  [
    'of nobody any more',
    HEAD + row('0100007F:B615', '0100007F:1F90', 0, 0),
    [{ uid: 0, isHeld: false }],
  ],
])('names the user of the other end: %s', (_what, table, found) => {
  expect(endsIn(table, ends)).toEqual(found);
});

// Elsewhere nobody is known.
test.skipIf(process.platform !== 'linux')(
  'an end that was reset before anybody looked is nobody’s',
  async () => {
    // What a client sent before its reset is still read, so a request can come without anybody there.
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = async (): Promise<{ near: Socket; far: Socket }> => {
      const far = connect(port, '127.0.0.1');
      const [near] = (await once(server, 'connection')) as [Socket];
      return { near, far };
    };
    try {
      const open = await connected();
      const reset = await connected();
      reset.far.resetAndDestroy();
      await once(reset.far, 'close');

      expect(await isOwnUser(open.near)).toBe(true);
      expect(await isOwnUser(reset.near)).toBe(false);
      open.far.destroy();
      open.near.destroy();
      reset.near.destroy();
    } finally {
      server.close();
    }
  },
);
