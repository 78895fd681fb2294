import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { errorText } from '../../../core/base/index.ts';
import { makeFolders } from '../../../core/platform/index.ts';
import {
  jsonSchemaFiles,
  protocolSchema,
  typeDeclarations,
} from '../../../core/protocol/schema/index.ts';
import { CommandError } from '../../engine/index.ts';
import type { ProgramContext } from '../context.ts';

type GenerateArgs = {
  readonly kind: 'jsonSchema' | 'typescript';
  readonly folder: string;
  readonly isExperimental: boolean;
};

/** Writes the protocol for programs that speak it; files of the same names are replaced, others stay. */
export async function runGenerate(
  { kind, folder, isExperimental }: GenerateArgs,
  { io }: ProgramContext,
): Promise<number> {
  const schema = protocolSchema({ isExperimental });
  const files =
    kind === 'typescript'
      ? new Map([['index.ts', typeDeclarations(schema)]])
      : new Map(
          Array.from(jsonSchemaFiles(schema), ([path, content]) => [
            path,
            `${JSON.stringify(content, null, 2)}\n`,
          ]),
        );
  try {
    for (const [path, text] of files) {
      const target = join(resolve(folder), path);
      await makeFolders(dirname(target));
      await writeFile(target, text);
    }
  } catch (error) {
    throw new CommandError(`Nothing can be written to ${folder}: ${errorText(error)}.`, 1, {
      cause: error,
    });
  }
  io.stderr.write(`${files.size} ${files.size === 1 ? 'file' : 'files'} written to ${folder}\n`);
  return 0;
}
