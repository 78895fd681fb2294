import type { StopWord } from '../../../media/spotter/index.ts';

/** Where the listening for "stop" stands. */
export type StopState =
  /** Parley says nothing that could be stopped. */
  | { readonly phase: 'idle' }
  | { readonly phase: 'listening' }
  /** Somebody may be speaking: Parley's voice is turned down for a moment. */
  | { readonly phase: 'ducked' }
  /** It was told to stop; what still sounds is on its way out. */
  | { readonly phase: 'stopped' };

/** Facts, in the past tense. */
export type StopInput =
  | { readonly type: 'soundBegan' }
  | { readonly type: 'soundEnded' }
  | { readonly type: 'speechBegan' }
  | { readonly type: 'speechEnded'; readonly word: StopWord | undefined }
  /** Parley was turned down for as long as it may be without a word. */
  | { readonly type: 'patienceEnded' };

export type StopEffect =
  | { readonly type: 'listen'; readonly isListening: boolean }
  | { readonly type: 'duck'; readonly isDucked: boolean }
  | { readonly type: 'silence' };

export type StopStep = { readonly state: StopState; readonly effects: readonly StopEffect[] };

export const stopIdle: StopState = { phase: 'idle' };

const UP: StopEffect = { type: 'duck', isDucked: false };

/** The next state, and what has to be done. */
export function stepStop(state: StopState, input: StopInput): StopStep {
  switch (input.type) {
    case 'soundBegan':
      return state.phase === 'idle'
        ? { state: { phase: 'listening' }, effects: [{ type: 'listen', isListening: true }] }
        : stay(state);
    case 'soundEnded':
      return state.phase === 'idle'
        ? stay(state)
        : { state: stopIdle, effects: [{ type: 'listen', isListening: false }, ...raised(state)] };
    case 'speechBegan':
      return state.phase === 'listening'
        ? { state: { phase: 'ducked' }, effects: [{ type: 'duck', isDucked: true }] }
        : stay(state);
    case 'speechEnded':
      return state.phase !== 'idle' && input.word === 'stop'
        ? { state: { phase: 'stopped' }, effects: [{ type: 'silence' }] }
        : resumed(state);
    case 'patienceEnded':
      return resumed(state);
  }
}

function stay(state: StopState): StopStep {
  return { state, effects: [] };
}

/** Was it no word, or "go on", Parley is heard as before. */
function resumed(state: StopState): StopStep {
  return state.phase === 'ducked' ? { state: { phase: 'listening' }, effects: [UP] } : stay(state);
}

/** What is said next must not begin turned down; what is on its way out stays so. */
function raised(state: StopState): readonly StopEffect[] {
  return state.phase === 'listening' ? [] : [UP];
}
