import type { Connection } from '../../state/voice/index.ts';

type ConnectionWords = {
  readonly id: Connection;
  readonly name: string;
  readonly meaning: string;
  /** As an order, for the palette. */
  readonly command: string;
};

/** The ways the voice may travel, in plain words. */
export const CONNECTIONS: readonly ConnectionWords[] = [
  {
    id: 'auto',
    name: 'Automatic',
    meaning: 'WebRTC first; WebSocket when that finds no way.',
    command: 'Connect automatically',
  },
  {
    id: 'webrtc',
    name: 'WebRTC',
    meaning: 'Sound goes straight to the provider. No other way is tried.',
    command: 'Connect by WebRTC only',
  },
  {
    id: 'websocket',
    name: 'WebSocket',
    meaning: 'Sound goes through Parley’s engine; works behind most proxies.',
    command: 'Connect by WebSocket only',
  },
];
