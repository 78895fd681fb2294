import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { answerProblem, channelOf, MAX_SDP_BYTES, offerProblem } from './sdp.ts';

const FINGERPRINT = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;

const lines = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:xYz1',
  'a=ice-pwd:0123456789abcdefghijkl',
  FINGERPRINT,
  'a=setup:actpass',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:1',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
];
const offer = `${lines.join('\r\n')}\r\n`;
const without = (start: string): string =>
  lines.filter((line) => !line.startsWith(start)).join('\r\n');
const changed = (from: string, to: string): string => offer.replace(from, to);

describe('an offer', () => {
  test('of a browser is usable, with either line ending', () => {
    expect(offerProblem(offer)).toBeUndefined();
    expect(offerProblem(offer.replaceAll('\r\n', '\n'))).toBeUndefined();
  });

  test('may keep its credentials and fingerprint above its lines, and have no channel', () => {
    const media = /^a=(?:ice-|fingerprint|setup)/;
    const above = lines.filter((line) => media.test(line));
    const rest = lines.filter((line) => !media.test(line));
    const moved = [...rest.slice(0, 5), ...above, ...rest.slice(5, 9)].join('\r\n');

    expect(offerProblem(moved)).toBeUndefined();
    expect(channelOf(moved)).toBeUndefined();
  });

  test.for([
    ['nothing', '', 'empty'],
    ['blanks', ' \r\n ', 'empty'],
    ['something else', '{"sdp":"v=0"}', 'does not begin with "v=0"'],
    ['lines that are none', `${offer}hello\r\n`, 'line 18'],
    ['no audio', without('m=audio'), 'no audio'],
    ['audio switched off', changed('m=audio 9', 'm=audio 0'), 'switched off'],
    ['no Opus', without('a=rtpmap'), 'Opus'],
    ['no user', without('a=ice-ufrag'), 'ICE credentials'],
    ['a password too short to be one', changed('a=ice-pwd:0123', 'a=ice-pwd:'), 'ICE credentials'],
    ['no fingerprint', without('a=fingerprint'), 'fingerprint'],
    ['a weak fingerprint', changed('sha-256', 'md5'), 'fingerprint'],
    ['no setup', without('a=setup'), 'setup'],
    ['a setup that is none', changed('actpass', 'holdconn'), 'setup'],
    ['too much', offer + 'a=x\r\n'.repeat(MAX_SDP_BYTES / 5), 'larger than 65536'],
  ] as const)('of %s is refused and says why', ([, sdp, reason]) => {
    expect(offerProblem(sdp)).toContain(reason);
  });

  test('of any text is judged and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string())), (some) => {
        expect(['string', 'undefined']).toContain(typeof offerProblem(some.join('\r\n')));
      }),
    );
  });
});

describe('an answer', () => {
  test('says who begins', () => {
    expect(answerProblem(changed('actpass', 'passive'))).toBeUndefined();
    expect(answerProblem(offer)).toContain('The audio of the SDP answer has no usable "setup"');
  });
});

describe('the channel', () => {
  test.for([
    ['the size it names', 'a=max-message-size:262144', 262_144],
    ['any size', 'a=max-message-size:0', Infinity],
    ['64 KiB where it names none', 'a=x', 65_536],
    ['64 KiB where it names nonsense', 'a=max-message-size:-1', 65_536],
  ] as const)('takes %s', ([, line, maxMessageBytes]) => {
    expect(channelOf(changed('a=max-message-size:262144', line))).toEqual({ maxMessageBytes });
  });

  test('that is refused is none', () => {
    expect(channelOf(changed('m=application 9', 'm=application 0'))).toBeUndefined();
  });
});
