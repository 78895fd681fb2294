import type { CallEnd } from './port.ts';

/** A call from its descriptions to its end. */
export type CallState =
  /** What is up already. */
  | { readonly kind: 'connecting'; readonly media: boolean; readonly channel: boolean }
  | { readonly kind: 'connected' }
  | { readonly kind: 'ended'; readonly end: CallEnd };

export type CallInput =
  | { readonly kind: 'mediaUp' }
  | { readonly kind: 'channelUp' }
  | { readonly kind: 'end'; readonly end: CallEnd };

export type CallEffect = 'startMedia' | 'tellChannelOpen' | 'tellConnected' | 'tellEnd';

type Result = { readonly state: CallState; readonly effects: readonly CallEffect[] };

/** A call whose descriptions have no data channel need not wait for one. */
export const newCall = (hasChannel: boolean): CallState => ({
  kind: 'connecting',
  media: false,
  channel: !hasChannel,
});

/** Every end but the first, and everything after it, changes nothing. */
export function stepCall(state: CallState, input: CallInput): Result {
  if (state.kind === 'ended') return { state, effects: [] };
  if (input.kind === 'end') {
    return { state: { kind: 'ended', end: input.end }, effects: ['tellEnd'] };
  }
  if (state.kind === 'connected') return { state, effects: [] };
  if (input.kind === 'mediaUp') {
    return state.media ? { state, effects: [] } : next({ ...state, media: true }, 'startMedia');
  }
  return state.channel
    ? { state, effects: [] }
    : next({ ...state, channel: true }, 'tellChannelOpen');
}

function next(state: CallState & { kind: 'connecting' }, effect: CallEffect): Result {
  return state.media && state.channel
    ? { state: { kind: 'connected' }, effects: [effect, 'tellConnected'] }
    : { state, effects: [effect] };
}
