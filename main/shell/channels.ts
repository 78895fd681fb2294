/** The one IPC channel: the page's preload sends a port for JSON-RPC through it, and nothing else. */
export const CONNECT_CHANNEL = 'parley:connect';
