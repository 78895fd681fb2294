import { hasDisplay } from './browserOpening.ts';

/** What decides how `parley open` shows itself. */
export type OpenFacts = {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly isBrowserWanted: boolean;
  /** Electron's executable is on disk. */
  readonly hasExecutable: boolean;
  /** Electron's package is installed, so that its executable could be fetched. */
  readonly hasPackage: boolean;
};

export type OpenDecision =
  | { readonly open: 'desktop' }
  | { readonly open: 'desktopAfterFetch' }
  /** `reason` is a sentence for the user, or undefined where it would tell nothing new. */
  | { readonly open: 'browser'; readonly reason: string | undefined };

/** The desktop app where it can run, else the browser host. */
export function decideOpen(facts: OpenFacts): OpenDecision {
  if (facts.isBrowserWanted) return { open: 'browser', reason: undefined };
  if (!hasDisplay(facts)) {
    return { open: 'browser', reason: 'There is no display here, so Parley opens in a browser.' };
  }
  if (facts.platform === 'linux' && facts.isRoot) {
    // Chromium refuses to run as root with its sandbox, and without it we refuse.
    return { open: 'browser', reason: 'The desktop app does not run as root; use a browser.' };
  }
  if (facts.hasExecutable) return { open: 'desktop' };
  if (facts.hasPackage) return { open: 'desktopAfterFetch' };
  return { open: 'browser', reason: 'Electron is not installed, so Parley opens in a browser.' };
}
