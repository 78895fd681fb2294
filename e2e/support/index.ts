export { AssistantPage } from './assistantPage.ts';
export { cleanEnvironment, type Host, type HostOptions, startHost } from './host.ts';
export { recordedVoicePath } from './recordedVoice.ts';
export { expect, test } from './test.ts';
