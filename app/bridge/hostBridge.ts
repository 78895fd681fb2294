import { createBrowserBridge } from './browserBridge.ts';
import { createChannelTransport } from './channelTransport.ts';
import { BRIDGE_KEY, type HostBridge, type ShellBridge } from './contract.ts';

const STATUS_LIMIT_MS = 4_000;

declare global {
  interface Window {
    [BRIDGE_KEY]?: ShellBridge;
  }
}

/** By the desktop shell where the page is in one, else by a WebSocket to the page's own host. */
export function findHostBridge(): HostBridge {
  const shell = window[BRIDGE_KEY];
  if (shell !== undefined) {
    const { platform } = shell;
    return { platform, connect: async () => createChannelTransport(await shell.connect()) };
  }
  return createBrowserBridge({
    href: window.location.href,
    replaceAddress: (address) => {
      window.history.replaceState(window.history.state, '', address);
    },
    storage: window.sessionStorage,
    openSocket: (address) => new WebSocket(address),
    statusOf: async (address) => {
      const signal = AbortSignal.timeout(STATUS_LIMIT_MS);
      return (await fetch(address, { cache: 'no-store', signal })).status;
    },
  });
}
