/** What a shell script says of a patch: it is one, or it is nothing but the text of one. */
export type ScriptPatch =
  | { readonly kind: 'patch'; readonly patch: string; readonly folder: string | undefined }
  | { readonly kind: 'bare'; readonly output: string };

/** What the model is told that runs the text of a patch as a program. */
const BARE_PATCH =
  'patch detected without explicit call to apply_patch. Rerun as ["apply_patch", "<patch>"]';

const FOLDER = String.raw`(?:(?<bare>[\w./~+@%:,-]+)|'(?<single>[^'\n]*)'|"(?<double>[^"\\$${'`'}\n]*)")`;
const CALL = String.raw`(?:apply_patch|applypatch)[ \t]*<<(?<quote>['"]?)(?<word>\w+)\k<quote>[ \t]*`;
const SCRIPT = new RegExp(String.raw`^(?:cd[ \t]+${FOLDER}[ \t]*&&[ \t]*)?${CALL}$`, 'u');

/**
 * Models also apply patches by the shell, as a document handed to a program of that name (responses §12.4).
 * A script that does just this, in a folder it changes to first perhaps, is such a patch; undefined for any
 * other script.
 */
export function patchOfScript(script: string): ScriptPatch | undefined {
  const lines = script.trim().split(/\r?\n/u);
  const [first = '', ...rest] = lines;
  if (first.trim() === '*** Begin Patch') return { kind: 'bare', output: BARE_PATCH };
  const groups = SCRIPT.exec(first)?.groups;
  if (groups === undefined) return undefined;
  const { word, bare, single, double } = groups;
  // Whatever stands behind the document would have to run, too.
  if (rest.indexOf(word ?? '') !== rest.length - 1 || rest.length === 0) return undefined;
  // Whose home it is only a shell knows.
  if (bare?.startsWith('~') === true) return undefined;
  return { kind: 'patch', patch: rest.slice(0, -1).join('\n'), folder: bare ?? single ?? double };
}
