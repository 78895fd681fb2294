import { isAppUrl } from './appOrigin.ts';

/** The facts about a permission request that decide its answer; nothing here needs Electron. */
export type PermissionQuestion = {
  readonly permission: string;
  /** The address of the page that asks. */
  readonly requestingUrl: string;
  readonly isMainFrame: boolean;
  /** For `media`: what is wanted, as Electron names it; `unknown` counts as too much. */
  readonly mediaTypes: readonly string[];
};

/** Grants exactly what a voice assistant needs, to our own page only, and refuses the rest. */
export function isPermissionAllowed(question: PermissionQuestion): boolean {
  if (!question.isMainFrame || !isAppUrl(question.requestingUrl)) return false;
  switch (question.permission) {
    case 'media':
      return (
        question.mediaTypes.length > 0 && question.mediaTypes.every((type) => type === 'audio')
      );
    case 'speaker-selection':
    case 'clipboard-sanitized-write':
      return true;
    default:
      // Electron's list of permissions grows; a new one is refused until somebody decides.
      return false;
  }
}
