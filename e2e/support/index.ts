export { AssistantPage } from './assistantPage.ts';
export { startBarePage } from './barePage.ts';
export { CASCADE_PARTS, CascadeVoice, PART_FAULTS } from './cascadeVoice.ts';
export { type CommandOptions, type CommandResult, runParley } from './command.ts';
export { cleanEnvironment, type Host, type HostOptions, LAUNCHER, startHost } from './host.ts';
export { providerAt, SECRET_KEY, startRefusingProvider, UNREACHABLE } from './providers.ts';
export { recordedVoicePath } from './recordedVoice.ts';
export { expect, test } from './test.ts';
export { measureTone, type ToneFacts } from './toneMeter.ts';
