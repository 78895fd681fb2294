import type { NetworkInterfaceInfo } from 'node:os';

import { describe, expect, test } from 'vitest';

import {
  fingerprintsOf,
  localAddresses,
  opusPayloadType,
  shownAddresses,
  withoutCandidates,
  withPlainCandidates,
} from './candidates.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  netmask: '',
  mac: '',
  internal,
  cidr: null,
  ...(address.includes(':') ? { family: 'IPv6', scopeid: 0 } : { family: 'IPv4' }),
});
const lo = [at('127.0.0.1', true), at('::1', true)];
const elsewhere = { sameMachine: false, addresses: [] };
const here = (...addresses: string[]) => ({ sameMachine: true, addresses });

describe('where to be reached', () => {
  test.for([
    ['nothing but loopback', { lo }, elsewhere, ['127.0.0.1']],
    [
      'every IPv4 address',
      { lo, a: [at('10.0.0.1'), at('fd00::1')], b: [at('10.0.1.1')] },
      elsewhere,
      ['10.0.0.1', '10.0.1.1'],
    ],
    [
      'IPv6 where there is no IPv4',
      { lo, a: [at('fd00::1')] },
      elsewhere,
      ['fd00::1', '127.0.0.1'],
    ],
    [
      'no address that needs a zone',
      { lo, a: [at('fe80::1'), at('169.254.3.4')] },
      elsewhere,
      ['127.0.0.1'],
    ],
    [
      'the one address a page here shows',
      { lo, a: [at('10.0.0.1')], b: [at('10.0.1.1')] },
      here('10.9.9.9', '10.0.1.1'),
      ['10.0.1.1'],
    ],
    [
      'loopback for a page that shows only that',
      { lo, a: [at('10.0.0.1')] },
      here('127.0.0.1'),
      ['127.0.0.1'],
    ],
    [
      'every address for a page that shows names',
      { lo, a: [at('10.0.0.1')], b: [at('10.0.1.1')] },
      here(),
      ['10.0.0.1', '10.0.1.1'],
    ],
    [
      'ours, whatever a far page claims',
      { lo, a: [at('10.0.0.1')], b: [at('10.0.1.1')] },
      { sameMachine: false, addresses: ['10.0.1.1'] },
      ['10.0.0.1', '10.0.1.1'],
    ],
  ] as const)('%s', ([, interfaces, far, expected]) => {
    expect(localAddresses(interfaces, far)).toEqual(expected);
  });
});

const sdp = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=candidate:1 1 udp 2122194687 192.168.1.5 51323 typ host generation 0',
  'a=candidate:2 1 UDP 2122194687 8c1d.local 51324 typ host',
  'a=candidate:3 1 tcp 1518214911 192.168.1.5 9 typ host tcptype active',
  'a=candidate:4 1 udp 2122194687 evil.example 51324 typ host',
  'a=end-of-candidates',
  'a=rtpmap:96 opus/48000/2',
  '',
].join('\n');

test('names are no addresses', () => {
  expect(shownAddresses(sdp)).toEqual(['192.168.1.5', '192.168.1.5']);
});

test('an offer is believed without any of its candidates', () => {
  expect(withoutCandidates(sdp)).toBe(
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:96 opus/48000/2\r\n',
  );
});

test('of an answer the candidates stay that nobody need be asked about', () => {
  const kept = withPlainCandidates(sdp).split('\r\n');

  expect(kept.filter((line) => line.startsWith('a=candidate'))).toEqual([
    'a=candidate:1 1 udp 2122194687 192.168.1.5 51323 typ host generation 0',
  ]);
  expect(kept).toContain('a=end-of-candidates');
});

test('Opus is called what the offer calls it', () => {
  expect(opusPayloadType(sdp)).toBe(96);
});

test('certificates compare whatever their order, case and number', () => {
  const one = 'v=0\r\na=fingerprint:sha-256 AB:CD\r\nm=audio\r\na=fingerprint:sha-256 AB:CD\r\n';
  const same = 'v=0\nm=audio\na=fingerprint:SHA-256 ab:cd\n';

  expect(fingerprintsOf(one)).toBe(fingerprintsOf(same));
  expect(fingerprintsOf(one)).not.toBe(fingerprintsOf(one.replaceAll('CD', 'CE')));
});
