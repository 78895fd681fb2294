import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const LOOPBACK = '127.0.0.1';

/**
 * The addresses of this machine to be reached at: IPv4 where there is any outside loopback, else IPv6
 * and loopback. When the far side is on this machine and shows one of our addresses, that one alone:
 * an address it cannot use would cost it time.
 */
export function localAddresses(
  interfaces: Interfaces,
  far: { readonly sameMachine: boolean; readonly addresses: readonly string[] },
): readonly string[] {
  const usable = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:169\.254\.|fe80:)/i.test(address));
  const ipv4 = usable.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  const ipv6 = usable.filter(({ family }) => family === 'IPv6').map(({ address }) => address);
  const usual = ipv4.length > 0 ? ipv4 : [...ipv6, LOOPBACK];
  if (!far.sameMachine) return usual;
  const shared = [...usual, LOOPBACK].find((address) => far.addresses.includes(address));
  return shared === undefined ? usual : [shared];
}

/** Every address of this machine: where a check that comes from itself can come from. */
export const ownAddresses = (interfaces: Interfaces): ReadonlySet<string> =>
  new Set(Object.values(interfaces).flatMap((all) => (all ?? []).map(({ address }) => address)));

/** The addresses a description shows; names (mDNS) are none. */
export const shownAddresses = (sdp: string): readonly string[] =>
  candidatesOf(sdp)
    .map(({ address }) => address)
    .filter((address) => isIP(address) !== 0);

/**
 * The description without its candidates, for who learns the far side's address from its first check
 * and sends nothing to addresses that are merely claimed.
 */
export const withoutCandidates = (sdp: string): string => keepLines(sdp, () => false);

/** The description with those candidates only that can be used without asking anybody: UDP, no names. */
export const withPlainCandidates = (sdp: string): string =>
  keepLines(sdp, (line) => {
    const [candidate] = candidatesOf(line);
    if (candidate === undefined) return true;
    return candidate.transport === 'udp' && isIP(candidate.address) !== 0;
  });

type Shown = { readonly transport: string; readonly address: string };

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, ... */
function candidatesOf(sdp: string): readonly Shown[] {
  return sdp
    .split(/\r\n|\n/)
    .filter((line) => line.startsWith('a=candidate:'))
    .map((line) => {
      const [, , transport = '', , address = ''] = line.split(' ');
      return { transport: transport.toLowerCase(), address };
    });
}

function keepLines(sdp: string, keeps: (candidateLine: string) => boolean): string {
  const lines = sdp.split(/\r\n|\n/).filter((line) => {
    if (line === '') return false;
    return !/^a=(?:candidate:|end-of-candidates)/.test(line) || keeps(line);
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** The payload type a description gives to Opus; a browser's is 111. */
export function opusPayloadType(sdp: string): number {
  const [, type] = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp) ?? [];
  return type === undefined ? 111 : Number(type);
}

/** All certificates a description vouches for, as one comparable text. */
export const fingerprintsOf = (sdp: string): string =>
  [...new Set(sdp.toLowerCase().match(/^a=fingerprint:\S+ \S+/gm))].toSorted().join('\n');
