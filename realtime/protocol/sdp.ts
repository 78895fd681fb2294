/** The largest session description taken from anybody; a browser's is about 2 KiB for one audio line. */
export const MAX_SDP_BYTES = 64 * 1024;

/** `max-message-size` where a description names none (RFC 8841 §6.1). */
const DEFAULT_MAX_MESSAGE_BYTES = 65_536;

type MediaSection = {
  readonly kind: string;
  readonly port: string;
  readonly attributes: readonly string[];
};
type Description = { readonly session: readonly string[]; readonly media: readonly MediaSection[] };

/**
 * Why a text is no session description with an audio line (RFC 8866), for whoever only passes it on;
 * what its ends could make of it is asked by `offerProblem` and `answerProblem`.
 */
export function descriptionProblem(sdp: string, what: 'offer' | 'answer'): string | undefined {
  if (sdp.trim() === '') return `The SDP ${what} is empty.`;
  // Never fewer bytes than characters, so what is longer than this need not be measured.
  if (sdp.length > MAX_SDP_BYTES) return `The SDP ${what} is larger than ${MAX_SDP_BYTES} bytes.`;
  const lines = linesOf(sdp);
  if (lines[0] !== 'v=0') return `This is not an SDP ${what}: it does not begin with "v=0".`;
  const foreign = lines.findIndex((line) => !/^[a-z]=/.test(line));
  if (foreign !== -1) return `This is not an SDP ${what}: line ${foreign + 1} has no "x=".`;
  const audio = audioOf(parse(sdp));
  if (audio === undefined) return `The SDP ${what} has no audio: an "m=audio" line is needed.`;
  if (audio.port === '0') return `The SDP ${what} has its audio switched off.`;
  return undefined;
}

/** Why an offer cannot be answered with a voice call, as one sentence for its author; else undefined. */
export function offerProblem(sdp: string): string | undefined {
  return callProblem(sdp, 'offer', /^setup:(?:actpass|active|passive)$/);
}

/** Why an answer cannot complete a voice call, as one sentence for its author; else undefined. */
export function answerProblem(sdp: string): string | undefined {
  return callProblem(sdp, 'answer', /^setup:(?:active|passive)$/);
}

/** What a usable description says about its data channel; undefined when it has none. */
export function channelOf(sdp: string): { readonly maxMessageBytes: number } | undefined {
  const { media } = parse(sdp);
  const section = media.find(({ kind, port }) => kind === 'application' && port !== '0');
  if (section === undefined) return undefined;
  const declared = section.attributes
    .find((attribute) => attribute.startsWith('max-message-size:'))
    ?.slice('max-message-size:'.length);
  const bytes = declared === undefined ? DEFAULT_MAX_MESSAGE_BYTES : Number(declared);
  // Zero means "any size" (RFC 8841 §6.1).
  if (bytes === 0) return { maxMessageBytes: Infinity };
  return { maxMessageBytes: bytes > 0 ? bytes : DEFAULT_MAX_MESSAGE_BYTES };
}

const audioOf = ({ media }: Description): MediaSection | undefined =>
  media.find(({ kind }) => kind === 'audio');

function callProblem(sdp: string, what: 'offer' | 'answer', setup: RegExp): string | undefined {
  const problem = descriptionProblem(sdp, what);
  if (problem !== undefined) return problem;
  const description = parse(sdp);
  const attributes = [...description.session, ...(audioOf(description)?.attributes ?? [])];
  const has = (pattern: RegExp): boolean => attributes.some((attribute) => pattern.test(attribute));
  if (!has(/^rtpmap:\d+ opus\/48000/i)) return `The audio of the SDP ${what} does not offer Opus.`;
  if (!has(/^ice-ufrag:\S{4,256}$/) || !has(/^ice-pwd:\S{22,256}$/)) {
    return `The audio of the SDP ${what} has no ICE credentials ("ice-ufrag" and "ice-pwd").`;
  }
  if (!has(/^fingerprint:sha-(?:256|384|512) (?:[0-9a-f]{2}:)+[0-9a-f]{2}$/i)) {
    return `The audio of the SDP ${what} has no usable "fingerprint", so it cannot be encrypted.`;
  }
  if (!has(setup)) return `The audio of the SDP ${what} has no usable "setup" for DTLS.`;
  return undefined;
}

const linesOf = (sdp: string): readonly string[] =>
  sdp.split(/\r\n|\n/).filter((line) => line !== '');

function parse(sdp: string): Description {
  const session: string[] = [];
  const media: { kind: string; port: string; attributes: string[] }[] = [];
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) {
      const [kind = '', port = ''] = line.slice(2).split(' ');
      media.push({ kind, port, attributes: [] });
    } else if (line.startsWith('a=')) {
      (media.at(-1)?.attributes ?? session).push(line.slice(2).trimEnd());
    }
  }
  return { session, media };
}
