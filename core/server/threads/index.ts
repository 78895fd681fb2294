export { describeLoaded, describeOpened, describeResumed, describeRow } from './describeThread.ts';
export { keepRecording } from './keepRecording.ts';
export { type ReadableThread, readThread } from './readThread.ts';
export { type ThreadConfig, threadSettings } from './threadConfig.ts';
export { type LoadedThread, ThreadFactory } from './threadFactory.ts';
export { ThreadRegistry } from './threadRegistry.ts';
