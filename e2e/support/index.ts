export { AssistantPage } from './assistantPage.ts';
export { cleanEnvironment, type Host, type HostOptions, startHost } from './host.ts';
export { microphonePath, recordedVoicePath } from './recordedVoice.ts';
export { expect, test } from './test.ts';
