import { applyPatchTool } from './applyPatch/index.ts';
import type { ToolSource } from './registry.ts';
import { viewImageTool } from './viewImage/index.ts';

/** The tools that work with files by themselves and not by a command. */
export function fileTools({ takesFreeText }: { readonly takesFreeText: boolean }): ToolSource {
  const patch = applyPatchTool(takesFreeText);
  return {
    toolsFor: ({ model, factsOf }) => {
      // A provider that knows functions alone takes no pictures from them, and some models take none at all.
      const modalities = factsOf?.(model).inputModalities;
      const seesPictures = takesFreeText && (modalities?.includes('image') ?? true);
      return seesPictures ? [patch, viewImageTool] : [patch];
    },
  };
}
