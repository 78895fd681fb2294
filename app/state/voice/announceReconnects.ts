import type { Unsubscribe } from '../../../core/base/index.ts';
import type { Store } from '../store.ts';
import type { VoiceState } from './machine/index.ts';

/** Says once that the voice is getting a new connection, and once that it has it. */
export function announceReconnects(
  voice: Store<VoiceState>,
  announce: (text: string) => void,
): Unsubscribe {
  let isReconnecting = false;
  return voice.subscribe(() => {
    const state = voice.getSnapshot();
    const relink = state.phase === 'live' ? state.relink : undefined;
    if ((relink !== undefined) === isReconnecting) return;
    isReconnecting = relink !== undefined;
    if (relink !== undefined)
      announce(`Reconnecting: ${relink.cause ?? 'the connection was lost'}`);
    else if (state.phase === 'live') announce('Connected again.');
  });
}
