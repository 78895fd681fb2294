import { access, constants, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { TalkFiles } from './options.ts';

/** The files of this machine. */
export const nodeTalkFiles: TalkFiles = {
  readFile: (path) => readFile(path),

  async checkOutput(path) {
    const existing = await stat(path).catch(() => undefined);
    if (existing?.isDirectory() === true) {
      throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    }
    await access(existing === undefined ? dirname(path) : path, constants.W_OK);
  },

  async openOutput(path) {
    const handle = await open(path, 'w');
    return {
      async writeAt(bytes, position) {
        let written = 0;
        while (written < bytes.length) {
          const part = bytes.subarray(written);
          const result = await handle.write(part, 0, part.length, position + written);
          written += result.bytesWritten;
        }
      },
      close: () => handle.close(),
    };
  },
};
