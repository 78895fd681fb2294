import * as z from 'zod';

import { Store } from './store.ts';

// Each field falls back by itself, so that one broken value does not cost the user the others.
const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** How Parley answers in voice: aloud, or in writing. */
  output: z.enum(['audio', 'text']).catch('audio'),
  /** In voice, Parley listens, works and writes, but does not speak. */
  quiet: z.boolean().catch(false),
  /** What the user's speech does to Parley's: stops it, or lets it go on until a key does. */
  interruption: z.enum(['on', 'key', 'off']).catch('on'),
  /** While Parley speaks, "stop" is listened for on this machine, whatever the provider hears. */
  stopWord: z.boolean().catch(true),
  /** What is asked while the agent works: waits its turn, or guides the running work. */
  followUp: z.enum(['queue', 'steer']).catch('queue'),
  /** The chosen microphone; null follows the system's default. */
  microphoneId: z.string().nullable().catch(null),
  /** How the voice travels: a call first and WebSocket when it fails, or one of the two alone. */
  connection: z.enum(['auto', 'webrtc', 'websocket']).catch('auto'),
  /** What the browser does with the microphone's sound. */
  echoCancellation: z.boolean().catch(true),
  noiseSuppression: z.boolean().catch(true),
  autoGainControl: z.boolean().catch(true),
  /** Single-letter keys (M, Q, V) can get in the way of dictation software and screen readers. */
  letterKeys: z.boolean().catch(true),
  lastThreadId: z.string().nullable().catch(null),
});
export type Settings = z.infer<typeof Settings>;

const KEY = 'parley.settings';

/** Reads what was kept; what is broken or missing is at its default. */
export function readSettings(storage: Pick<Storage, 'getItem'>): Settings {
  let kept: unknown;
  try {
    kept = JSON.parse(storage.getItem(KEY) ?? '{}');
  } catch {
    kept = {};
  }
  const parsed = Settings.safeParse(kept);
  return parsed.success ? parsed.data : Settings.parse({});
}

/** The user's choices on this machine, kept as they change. */
export function createSettingsStore(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
): Store<Settings> {
  const store = new Store(readSettings(storage));
  store.subscribe(() => {
    storage.setItem(KEY, JSON.stringify(store.getSnapshot()));
  });
  return store;
}
