import { errorText } from '../../../../core/base/index.ts';
import {
  ConnectionClosedError,
  type NotificationParamsOf,
} from '../../../../core/protocol/index.ts';
import { MicrophoneError } from '../../../media/index.ts';
import type { UserError } from '../../userError.ts';

/** Why the voice could not start, and the next step. */
export function startError(error: unknown): UserError {
  if (error instanceof MicrophoneError) return microphoneError(error);
  if (error instanceof ConnectionClosedError)
    return {
      message: 'Parley’s engine is not connected, so nobody could hear you.',
      hint: 'Start again when the connection is back.',
    };
  return { message: errorText(error), hint: 'Start again, or go on by typing.' };
}

function microphoneError(error: MicrophoneError): UserError {
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
    case 'busy':
    case 'unsupported':
      return {
        message: error.message,
        hint: 'Close what else may use it and start again. You can type meanwhile.',
      };
  }
}

/** Why a session that we did not end is over; undefined when it was meant to end. */
export function closeError(
  closed: NotificationParamsOf<'thread/realtime/closed'>,
  fault: UserError | undefined,
): UserError | undefined {
  if (closed.reason === 'requested') return undefined;
  if (fault !== undefined) return fault;
  const code = typeof closed.closeCode === 'number' ? ` (code ${closed.closeCode})` : '';
  const detail = closed.detail ?? '';
  return {
    message: `The voice session ended${detail === '' ? '' : `: ${detail}`}${code}.`,
    hint: 'Start again to go on talking. Nothing of the conversation is lost.',
  };
}
