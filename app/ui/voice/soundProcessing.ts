import type { Settings } from '../../state/index.ts';

type ProcessingWords = {
  readonly id: 'echoCancellation' | 'noiseSuppression' | 'autoGainControl';
  readonly name: string;
  readonly meaning: string;
};

/** What can be done to the microphone's sound, in plain words. */
export const PROCESSING: readonly ProcessingWords[] = [
  {
    id: 'echoCancellation',
    name: 'Cancel echo',
    meaning: 'Parley does not hear itself from the loudspeaker.',
  },
  {
    id: 'noiseSuppression',
    name: 'Suppress noise',
    meaning: 'Fans, keys and the street are turned down.',
  },
  {
    id: 'autoGainControl',
    name: 'Level the volume',
    meaning: 'Quiet and loud speech arrive alike.',
  },
];

/** The settings with exactly these switched on. */
export function withProcessing(settings: Settings, isOn: (id: string) => boolean): Settings {
  return {
    ...settings,
    echoCancellation: isOn('echoCancellation'),
    noiseSuppression: isOn('noiseSuppression'),
    autoGainControl: isOn('autoGainControl'),
  };
}
