import { type Microphone, type MicrophoneChoice, MicrophoneError } from './voiceMedia.ts';

/** Opens a microphone; the default one when the chosen one is gone. Rejects with `MicrophoneError`. */
export async function openMicrophone(choice: MicrophoneChoice): Promise<MediaStream> {
  // Absent outside secure contexts, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new MicrophoneError('unsupported');
  try {
    return await devices.getUserMedia({ audio: constraintsOf(choice) });
  } catch (error) {
    // The chosen device is gone: better the default one than none.
    if (choice.id !== null && nameOf(error) === 'OverconstrainedError')
      return openMicrophone({ ...choice, id: null });
    throw toMicrophoneError(error);
  }
}

function constraintsOf({ id, ...processing }: MicrophoneChoice): MediaTrackConstraints {
  // Processing is a wish: a device that cannot do it is still better than none.
  const constraints: MediaTrackConstraints = { channelCount: 1, ...processing };
  if (id !== null) constraints.deviceId = { exact: id };
  return constraints;
}

/**
 * Has an open microphone processed in another way. False where the browser cannot do that to a track
 * that runs, or only says that it did; then a new track is needed.
 */
export async function retune(stream: MediaStream, choice: MicrophoneChoice): Promise<boolean> {
  const track = stream.getAudioTracks()[0];
  if (track === undefined) return false;
  try {
    await track.applyConstraints(constraintsOf(choice));
  } catch {
    return false;
  }
  const now = track.getSettings();
  return (
    now.echoCancellation === choice.echoCancellation &&
    now.noiseSuppression === choice.noiseSuppression &&
    now.autoGainControl === choice.autoGainControl &&
    (choice.id === null || now.deviceId === choice.id)
  );
}

export function describeMicrophone(stream: MediaStream): Microphone {
  const track = stream.getAudioTracks()[0];
  return { id: track?.getSettings().deviceId ?? '', label: track?.label ?? '' };
}

export function stopStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

function toMicrophoneError(error: unknown): MicrophoneError {
  if (error instanceof MicrophoneError) return error;
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new MicrophoneError('refused', { cause: error });
    case 'NotFoundError':
      return new MicrophoneError('none', { cause: error });
    default:
      return new MicrophoneError('busy', { cause: error });
  }
}

/** The microphones there are; names are empty until one was allowed. */
export async function listMicrophones(): Promise<readonly Microphone[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return [];
  const all = await devices.enumerateDevices();
  return all
    .filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }));
}
