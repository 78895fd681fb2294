import { createBrowserBridge } from './browserBridge.ts';
import { BRIDGE_KEY, type HostBridge } from './contract.ts';

declare global {
  interface Window {
    [BRIDGE_KEY]?: HostBridge;
  }
}

/** The desktop shell's bridge when it provided one, else a WebSocket to the page's own host. */
export function findHostBridge(): HostBridge {
  return (
    window[BRIDGE_KEY] ??
    createBrowserBridge({
      href: window.location.href,
      replaceAddress: (address) => {
        window.history.replaceState(window.history.state, '', address);
      },
      storage: window.sessionStorage,
      openSocket: (address) => new WebSocket(address),
    })
  );
}
