import type { ScriptedEngine } from '../../core/protocol/testing/index.ts';
import type { HostBridge, ShellBridge } from '../bridge/index.ts';

/** A browser tab's way to a scripted engine. */
export const bridgeTo = (engine: ScriptedEngine): HostBridge => ({
  platform: 'browser',
  connect: async () => engine.connect(),
});

/** The same as the desktop shell puts it into the page. */
export const shellBridgeTo = (engine: ScriptedEngine): ShellBridge => ({
  platform: 'browser',
  connect: async () => {
    const wire = engine.connect();
    return {
      postMessage: (message) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the page sends whole messages
        wire.send(message as Parameters<typeof wire.send>[0]);
      },
      onMessage: (listener) => {
        wire.onMessage = listener;
      },
      onClose: (listener) => {
        wire.onClose = listener;
      },
      close: () => {
        wire.close();
      },
    };
  },
});
