import type { Settings } from '../../state/index.ts';
import { lastToRepeat } from '../../state/conversation/index.ts';
import { isVoiceOn } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { CONNECTIONS } from '../session/index.ts';
import { useIsDictating } from '../useIsDictating.ts';
import { useSelected, useStore } from '../useStore.ts';
import { INTERRUPTIONS, PROCESSING } from '../voice/index.ts';

/** Something the user can do by key or from the palette. */
export type Command = {
  readonly id: string;
  readonly label: string;
  /** How the key is written for people. */
  readonly keys?: string;
  /** A single letter that runs it outside of text fields. */
  readonly letter?: string;
  readonly run: () => void;
};

/** Everything that can be done right now. */
export function useCommands(): readonly Command[] {
  const assistant = useAssistant();
  const { voice, settings } = assistant;
  const on = isVoiceOn(useStore(voice.state));
  const { muted } = useStore(voice.microphone.state);
  const known = useStore(settings);
  const { output, quiet, followUp, interruption, stopWord, connection, letterKeys, theme } = known;
  const isLive = useStore(voice.state).phase === 'live';
  const isRecording = useStore(voice.recording.state).phase === 'on';
  const isDictating = useIsDictating();
  const set = (change: Partial<Settings>) => () => {
    settings.update((now) => ({ ...now, ...change }));
  };
  const fast = useStore(assistant.fast.state);
  const repeatable = useSelected(assistant.conversation, lastToRepeat);
  const commands: (Command | false)[] = [
    !on && {
      id: 'start',
      label: 'Start talking',
      keys: 'V',
      letter: 'v',
      run: () => {
        void voice.start();
      },
    },
    on && {
      id: 'mute',
      label: muted ? 'Unmute the microphone' : 'Mute the microphone',
      keys: 'M',
      letter: 'm',
      run: () => {
        voice.microphone.setMuted(!muted);
      },
    },
    {
      id: 'stop',
      label: 'Stop speaking or writing',
      keys: 'Esc',
      run: () => {
        assistant.stop();
      },
    },
    on && {
      id: 'end',
      label: 'End the voice conversation',
      run: () => {
        void voice.end();
      },
    },
    isLive && {
      id: 'record',
      label: isRecording ? 'Stop recording' : 'Record both sides of the conversation',
      keys: 'R',
      letter: 'r',
      run: () => {
        voice.toggleRecording();
      },
    },
    {
      id: 'output',
      label: output === 'audio' ? 'Answer in writing' : 'Answer aloud',
      run: () => {
        assistant.chooseVoice({ output: output === 'audio' ? 'text' : 'audio' });
      },
    },
    !isDictating && {
      id: 'quiet',
      label: quiet ? 'Quiet off: speak again' : 'Quiet: listen and write, do not speak',
      keys: 'Q',
      letter: 'q',
      run: () => {
        assistant.setQuiet(!quiet);
      },
    },
    {
      id: 'followUp',
      label:
        followUp === 'queue'
          ? 'What is asked while the agent works joins the running work'
          : 'What is asked while the agent works waits its turn',
      run: () => {
        assistant.chooseVoice({ followUp: followUp === 'queue' ? 'steer' : 'queue' });
      },
    },
    repeatable !== undefined && {
      id: 'again',
      label: 'Ask again for what was not done',
      keys: 'A',
      letter: 'a',
      run: () => {
        void assistant.askAgain(repeatable);
      },
    },
    fast.isOffered && {
      id: 'fast',
      label: fast.isOn ? 'Fast off: usual speed and price' : 'Fast: quicker answers, higher price',
      keys: '/fast',
      run: () => {
        void assistant.fast.set(!fast.isOn);
      },
    },
    {
      id: 'compact',
      label: 'Summarise the conversation for the model',
      keys: '/compact',
      run: () => {
        void assistant.compact();
      },
    },
    ...INTERRUPTIONS.map(
      ({ id, command }) =>
        id !== interruption && {
          id: `interruption-${id}`,
          label: command,
          run: () => {
            assistant.chooseVoice({ interruption: id });
          },
        },
    ),
    {
      id: 'stop-word',
      label: stopWord
        ? 'Do not listen for “stop” on this machine'
        : 'Listen for “stop” on this machine',
      run: () => {
        assistant.settings.update((now) => ({ ...now, stopWord: !stopWord }));
      },
    },
    ...CONNECTIONS.map(
      ({ id, command }) =>
        id !== connection && {
          id: `connection-${id}`,
          label: command,
          run: set({ connection: id }),
        },
    ),
    ...PROCESSING.map(({ id, name }) => ({
      id,
      label: `${name}: turn ${known[id] ? 'off' : 'on'}`,
      run: set({ [id]: !known[id] }),
    })),
    {
      id: 'new',
      label: 'New conversation',
      run: () => {
        void assistant.newConversation();
      },
    },
    {
      id: 'type',
      label: 'Go to typing',
      keys: '/',
      letter: '/',
      run: () => {
        document.querySelector<HTMLElement>('#composer')?.focus();
      },
    },
    theme !== 'light' && { id: 'light', label: 'Light appearance', run: set({ theme: 'light' }) },
    theme !== 'dark' && { id: 'dark', label: 'Dark appearance', run: set({ theme: 'dark' }) },
    theme !== 'system' && {
      id: 'system',
      label: 'Appearance like the system',
      run: set({ theme: 'system' }),
    },
    {
      id: 'letters',
      label: letterKeys ? 'Turn single-letter keys off' : 'Turn single-letter keys on',
      run: set({ letterKeys: !letterKeys }),
    },
  ];
  return commands.filter((command) => command !== false);
}
