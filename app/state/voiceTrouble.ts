import type { NotificationParamsOf } from '../../core/protocol/index.ts';
import type { MicrophoneError } from '../media/index.ts';
import type { Trouble } from './voice.ts';

/** Words and the next step for a microphone that could not be had. */
export function microphoneTrouble(error: MicrophoneError): Trouble {
  switch (error.code) {
    case 'refused':
      return {
        message: error.message,
        hint: 'Allow it in the site settings next to the address, or in the system settings, then start again. You can type meanwhile.',
      };
    case 'none':
      return {
        message: error.message,
        hint: 'Plug one in and start again. You can type meanwhile.',
      };
    default:
      return {
        message: error.message,
        hint: 'Close what else may use it and start again. You can type meanwhile.',
      };
  }
}

/** Why a session that we did not end is over; undefined when it was meant to end. */
export function closeTrouble(
  closed: NotificationParamsOf<'thread/realtime/closed'>,
  fault: Trouble | undefined,
): Trouble | undefined {
  if (closed.reason === 'requested') return undefined;
  if (fault !== undefined) return fault;
  const code = typeof closed.closeCode === 'number' ? ` (code ${closed.closeCode})` : '';
  const detail = closed.detail ?? '';
  return {
    message: `The voice session ended${detail === '' ? '' : `: ${detail}`}${code}.`,
    hint: 'Start again to go on talking. Nothing of the conversation is lost.',
  };
}
