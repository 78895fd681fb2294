import { contextBridge, ipcRenderer } from 'electron';

import {
  BRIDGE_KEY,
  type ShellBridge,
  type MessageChannelLike,
} from '../../app/bridge/contract.ts';
import { CONNECT_CHANNEL } from '../shell/index.ts';

// A MessagePort cannot pass through contextBridge, so the port stays on this side and the page gets
// functions. No Electron object, event or channel name ever reaches the page.

const bridge: ShellBridge = {
  platform: 'electron',
  connect: async () => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port2]);
    return channelOver(port1);
  },
};

function channelOver(port: MessagePort): MessageChannelLike {
  let isClosed = false;
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
      port.start();
    },
    onClose: (listener) => {
      port.addEventListener('close', () => {
        if (isClosed) return;
        isClosed = true;
        listener();
      });
    },
    close: () => {
      isClosed = true;
      port.close();
    },
  };
}

contextBridge.exposeInMainWorld(BRIDGE_KEY, bridge);
