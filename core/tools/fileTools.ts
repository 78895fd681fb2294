import { applyPatchTool } from './applyPatch/index.ts';
import type { ToolSource } from './registry.ts';

/** The tools that work with files by themselves and not by a command. */
export function fileTools({ takesFreeText }: { readonly takesFreeText: boolean }): ToolSource {
  const tools = [applyPatchTool(takesFreeText)];
  return { toolsFor: () => tools };
}
