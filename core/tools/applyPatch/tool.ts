import * as z from 'zod';

import type { Tool, ToolContext } from '../contract.ts';
import { jsonTool } from '../jsonTool.ts';
import { PatchProgress } from './patchProgress.ts';
import type { PatchResult } from './runPatch.ts';

const NAME = 'apply_patch';

/** A patch as a grammar for models that write to one (responses §12.4). */
const GRAMMAR = `start: begin file+ end
begin: "*** Begin Patch" NL
end: "*** End Patch" NL?
file: added | deleted | updated
added: "*** Add File: " PATH NL ADDED*
deleted: "*** Delete File: " PATH NL
updated: "*** Update File: " PATH NL moved? chunk+
moved: "*** Move to: " PATH NL
chunk: PLACE* CHANGED+ eof?
eof: "*** End of File" NL
PATH: /[^\\n]+/
PLACE: /@@( [^\\n]+)?\\n/
ADDED: /\\+[^\\n]*\\n/
CHANGED: /[ +-][^\\n]*\\n/
NL: /\\n/
`;

const WHAT =
  'Creates, changes, moves and deletes files, all of what the patch says or nothing. Prefer it to shell commands for editing.';

const HOW = `${WHAT} The patch is text of this form:
*** Begin Patch
*** Add File: path, then each line of it behind a "+"
*** Delete File: path
*** Update File: path, then perhaps "*** Move to: new path", then chunks
*** End Patch
A chunk begins with "@@", or "@@ " and a line that stands before the place, such as the head of a function. Below it each line begins with " " (stays), "-" (goes) or "+" (comes); give three lines that stay around a change. "*** End of File" behind a chunk says that it is the end of the file. Paths are relative to the working folder.`;

/** As free text of the grammar. */
const freeText: Tool = {
  spec: {
    type: 'custom',
    name: NAME,
    description: `${WHAT} This is free text and no JSON.`,
    format: { type: 'grammar', syntax: 'lark', definition: GRAMMAR },
  },
  concurrency: 'serial',
  needs: 'environment',
  watchInput: (call) => new PatchProgress(call),
  run: async (input, context) => (await applyPatch(input, context)).output,
};

/** For providers that know functions alone. */
const asFunction: Tool = {
  ...jsonTool({
    name: NAME,
    description: HOW,
    concurrency: 'serial',
    arguments: z.object({ input: z.string().describe('The whole patch.') }),
    run: async ({ input }, context) => (await applyPatch(input, context)).output,
  }),
  needs: 'environment',
};

/** The tool in the form that a provider takes. */
export const applyPatchTool = (takesFreeText: boolean): Tool =>
  takesFreeText ? freeText : asFunction;

/** Applies a patch for a call, below the folder it works in or the one given; asks people where that is needed. */
export async function applyPatch(
  patch: string,
  context: ToolContext,
  folder = context.environment?.cwd,
): Promise<PatchResult> {
  if (folder === undefined) return { isApplied: false, output: 'There is no folder to work in.' };
  const { runPatch } = await import('./runPatch.ts');
  return runPatch(patch, context, folder);
}
