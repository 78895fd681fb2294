import { type ReactElement, useEffect, useRef, useState } from 'react';

import { errorText } from '../../../core/base/index.ts';
import { clockText, type RecordingEntry } from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import css from './RecordingView.module.css';

const c = classesOf(css);
const FAR_BEHIND_S = 1e7;

type Loaded =
  | { readonly phase: 'not' | 'loading' }
  | { readonly phase: 'here'; readonly url: string }
  | { readonly phase: 'failed'; readonly cause: string };

/** A recording of both sides; read from the engine only when somebody wants to hear or keep it. */
export function RecordingView({ recording }: { readonly recording: RecordingEntry }): ReactElement {
  const { loaded, load } = useRecording(recording.id);
  const [isShown, setShown] = useState(false);
  const isLoading = loaded.phase === 'loading';
  return (
    <section className={c('recording')} aria-label="Recording">
      <p className={c('about')}>
        <b>Recording</b>
        <small>
          {clockText(recording.durationMs)} · {sizeText(recording.sizeBytes)}
        </small>
      </p>
      {isShown && loaded.phase === 'here' ? (
        <Player url={loaded.url} />
      ) : (
        <Button
          looks={['small']}
          isDisabled={isLoading}
          onPress={() => {
            void load().then((url) => {
              setShown(url !== undefined);
              return undefined;
            });
          }}
        >
          <Icon name="play" size={14} />
          {isLoading ? 'Loading…' : 'Play'}
        </Button>
      )}
      <Button
        looks={['small', 'plain']}
        isDisabled={isLoading}
        aria-label="Download the recording"
        onPress={() => {
          void load().then((url) => {
            if (url !== undefined) download(url, fileName(recording));
            return undefined;
          });
        }}
      >
        <Icon name="download" size={14} />
        Download
      </Button>
      {loaded.phase === 'failed' && (
        <p className={c('trouble')} role="alert">
          The recording could not be read: {loaded.cause}
        </p>
      )}
    </section>
  );
}

/** The recording as an address of this page, gone when the view is. */
function useRecording(id: string): {
  readonly loaded: Loaded;
  readonly load: () => Promise<string | undefined>;
} {
  const assistant = useAssistant();
  const [loaded, setLoaded] = useState<Loaded>({ phase: 'not' });
  const url = useRef<string | undefined>(undefined);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      if (url.current !== undefined) URL.revokeObjectURL(url.current);
      url.current = undefined;
    };
  }, []);
  const load = async (): Promise<string | undefined> => {
    if (url.current !== undefined) return url.current;
    setLoaded({ phase: 'loading' });
    try {
      const blob = await assistant.readRecording(id);
      if (isGone.current) return undefined;
      url.current = URL.createObjectURL(blob);
      setLoaded({ phase: 'here', url: url.current });
      return url.current;
    } catch (error) {
      setLoaded({ phase: 'failed', cause: errorText(error) });
      return undefined;
    }
  };
  return { loaded, load };
}

function Player({ url }: { readonly url: string }): ReactElement {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const play = (): void => {
      element.play().catch(() => undefined);
    };
    element.focus();
    element.addEventListener(
      'loadedmetadata',
      () => {
        if (Number.isFinite(element.duration)) {
          play();
          return;
        }
        // What was recorded live does not say how long it is until its end has been looked for.
        element.addEventListener(
          'durationchange',
          () => {
            element.currentTime = 0;
            play();
          },
          { once: true, signal },
        );
        element.currentTime = FAR_BEHIND_S;
      },
      { once: true, signal },
    );
    return () => {
      leaving.abort();
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- the conversation around it is its transcript
    <audio
      ref={audio}
      className={c('player')}
      controls
      src={url}
      aria-label="Recording of the conversation"
    />
  );
}

function download(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

const ENDINGS: readonly (readonly [string, string])[] = [
  ['audio/webm', 'webm'],
  ['audio/ogg', 'ogg'],
  ['audio/mp4', 'm4a'],
];

function fileName({ id, mimeType }: RecordingEntry): string {
  const ending = ENDINGS.find(([type]) => mimeType.startsWith(type))?.[1] ?? 'audio';
  return `parley-${id.slice(0, 8)}.${ending}`;
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
