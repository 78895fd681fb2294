import { createAudioRoutes } from './audioApi/index.ts';
import { CallRegistry, type CallMedia } from './calls/index.ts';
import { EphemeralKeys } from './admission/index.ts';
import { type SessionPorts, warmUpVoice } from './session/index.ts';
import { RequestRouter, UpgradeHandler } from './http/index.ts';
import type { RealtimeServerOptions } from './serverOptions.ts';

const SESSION_LIMIT_MS = 60 * 60_000;
const MAX_CALLS = 64;

type ServerParts = {
  readonly registry: CallRegistry;
  readonly upgrades: UpgradeHandler;
  readonly router: RequestRouter;
};

/** Makes the parts of a server and ties them together; nothing listens yet. */
export function wireServer(options: RealtimeServerOptions): ServerParts {
  const { clock, newId, voice, model, transcriber, apiKey } = options;
  const ports: SessionPorts = {
    clock,
    newId,
    voice,
    model,
    log: (message) => options.onLog?.({ level: 'warn', message }),
    ...(transcriber !== undefined && { transcriber }),
  };
  let voiceIsWarm = options.warmsUpVoice === false;
  const shared = {
    keys: new EphemeralKeys(clock),
    sessionLimitMs: options.sessionLimitMs ?? SESSION_LIMIT_MS,
    note: (message: string) => options.onLog?.({ level: 'info', message }),
    onFirstSession: () => {
      if (!voiceIsWarm) void warmUpVoice(voice);
      voiceIsWarm = true;
    },
    ...(apiKey !== undefined && { apiKey }),
  };
  const registry = new CallRegistry({
    ...ports,
    maxCalls: options.maxCalls ?? MAX_CALLS,
    loadMedia: options.loadMedia ?? loadRtc,
    note: shared.note,
  });
  return {
    registry,
    upgrades: new UpgradeHandler({
      ...shared,
      ports,
      registry,
      socketRoutes: options.socketRoutes ?? [],
    }),
    router: new RequestRouter({
      ...shared,
      ports,
      registry,
      routes: [...createAudioRoutes(ports), ...(options.routes ?? [])],
    }),
  };
}

async function loadRtc(): Promise<CallMedia> {
  return import('../rtc/index.ts');
}
