import { expect, test } from 'vitest';

import { uidsOf } from './localPeer.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (from: string, to: string, uid: number, state = '01'): string =>
  `   7: ${from} ${to} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 3374778 1 0 20 4 30 10 -1\n`;

const ends = { localPort: 0x1f90, remotePort: 0xb615 };

test.each<[string, string, readonly number[]]>([
  ['of nothing', '', []],
  ['of a table that is none', 'so much for that\n\n:\n', []],
  ['that is not there', HEAD + row('0100007F:B616', '0100007F:1F90', 1000), []],
  ['of ours alone', HEAD + row('0100007F:1F90', '0100007F:B615', 1000), []],
  ['of whoever connects', HEAD + row('0100007F:B615', '0100007F:1F90', 1001), [1001]],
  [
    'of whoever connects by IPv6',
    row('0000000000000000FFFF00000100007F:B615', '0000000000000000FFFF00000100007F:1F90', 7),
    [7],
  ],
  ['that is half closed', HEAD + row('0100007F:B615', '0100007F:1F90', 0, '06'), []],
])('names the user of the other end: %s', (_what, table, uids) => {
  expect(uidsOf(table, ends)).toEqual(uids);
});
