import { createHash } from 'node:crypto';

// As much of RFC 6455 as a server needs that breaks it on purpose.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The answer to a handshake with this key. */
export function acceptHandshake(key: string): string {
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`;
}

/** An unmasked frame of a server: text unless another opcode is given. */
export function serverFrame(payload: string | Buffer, opcode = 1): Buffer {
  const bytes = Buffer.from(payload);
  const first = 0x80 | opcode;
  if (bytes.length < 126) return Buffer.concat([Buffer.of(first, bytes.length), bytes]);
  const header = Buffer.of(first, 126, bytes.length >> 8, bytes.length & 0xff);
  return Buffer.concat([header, bytes]);
}

/** Takes the whole frames from the front of what a client sent; the rest stays for the next time. */
export function takeClientFrames(bytes: Buffer): {
  readonly texts: readonly string[];
  readonly rest: Buffer;
} {
  const texts: string[] = [];
  let rest = bytes;
  for (;;) {
    const [first, second] = rest;
    if (first === undefined || second === undefined) return { texts, rest };
    let length = second & 0x7f;
    let at = 2;
    if (length === 126) {
      if (rest.length < 4) return { texts, rest };
      length = rest.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (rest.length < 10) return { texts, rest };
      length = Number(rest.readBigUInt64BE(2));
      at = 10;
    }
    const end = at + 4 + length;
    if (rest.length < end) return { texts, rest };
    const mask = rest.subarray(at, at + 4);
    const payload = rest.subarray(at + 4, end).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    if ((first & 0x0f) === 1) texts.push(Buffer.from(payload).toString('utf8'));
    rest = rest.subarray(end);
  }
}
