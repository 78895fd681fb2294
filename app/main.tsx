import './zodSetup.ts';
import './styles/tokens.css';
import './styles/base.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { type Clock, uuidV7 } from '../core/base/index.ts';
import { findHostBridge } from './bridge/index.ts';
import { BrowserMedia } from './media/index.ts';
import { Assistant, browserFrames } from './state/index.ts';
import { AssistantProvider } from './ui/index.ts';
import { App } from './ui/shell/index.ts';

const clock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

const assistant = new Assistant({
  bridge: findHostBridge(),
  clock,
  makeId: () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))).replaceAll('-', ''),
  frames: browserFrames(window, clock),
  storage: window.localStorage,
  createMedia: () => new BrowserMedia(),
  language: navigator.language,
  networkEvents: window,
});

// The microphone's light goes off with the page, whatever way it goes.
window.addEventListener('pagehide', () => {
  void assistant.voice.end();
  assistant.link.close();
});

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <AssistantProvider value={assistant}>
      <App />
    </AssistantProvider>
  </StrictMode>,
);
void assistant.link.connect();
