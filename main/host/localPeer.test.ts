import { expect, test } from 'vitest';

import { endsIn } from './localPeer.ts';

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
