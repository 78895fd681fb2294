import process from 'node:process';

import { makeVoice } from './makeVoice.ts';

/** Once per Playwright run, before any browser starts: the sounds that Chromium's microphone plays. */
async function globalSetup(): Promise<void> {
  process.stdout.write(`voice: ${await makeVoice()}\n`);
}

export default globalSetup;
