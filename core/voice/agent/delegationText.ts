/**
 * How a delegated request reads to the text model (realtime-v2 §10.1), written and read in this one
 * place: what the built-in text model gets comes over a wire, so it has nothing but the text.
 */

/** `transcript` is what was said since the last delegation; empty when nothing was. */
export function writeDelegation(request: string, transcript: string): string {
  const delta =
    transcript === '' ? '' : `  <transcript_delta>${escapeXml(transcript)}</transcript_delta>\n`;
  return `<realtime_delegation>\n  <input>${escapeXml(request)}</input>\n${delta}</realtime_delegation>`;
}

/** Other clients of the same protocol may leave other space between the tags. */
const DELEGATION = /^\s*<realtime_delegation>\s*<input>(?<request>.*?)<\/input>/su;

/** The request inside such a text; undefined when the text is no delegation. */
export function readDelegation(text: string): string | undefined {
  const request = DELEGATION.exec(text)?.groups?.['request'];
  return request === undefined ? undefined : unescapeXml(request);
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
