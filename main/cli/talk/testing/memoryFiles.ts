import type { ByteSink } from '../../../../realtime/audio/index.ts';
import type { TalkFiles } from '../index.ts';

/** Files in memory under flat names; every path with a slash is in a folder that does not exist. */
export class MemoryFiles implements TalkFiles {
  readonly contents = new Map<string, Uint8Array>();
  readonly closed: string[] = [];
  /** When set, writing fails with this. */
  writeProblem: string | undefined;

  async readFile(path: string): Promise<Uint8Array> {
    const bytes = this.contents.get(path);
    if (bytes === undefined) throw systemError('ENOENT');
    return bytes;
  }

  async checkOutput(path: string): Promise<void> {
    if (path.includes('/')) throw systemError('ENOENT');
  }

  async openOutput(path: string): Promise<ByteSink> {
    this.contents.set(path, new Uint8Array(0));
    return {
      writeAt: async (bytes, position) => {
        if (this.writeProblem !== undefined) throw new Error(this.writeProblem);
        const before = this.contents.get(path) ?? new Uint8Array(0);
        const after = new Uint8Array(Math.max(before.length, position + bytes.length));
        after.set(before);
        after.set(bytes, position);
        this.contents.set(path, after);
      },
      close: async () => {
        this.closed.push(path);
      },
    };
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
