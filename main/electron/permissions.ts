import type { Session } from 'electron';

import { isPermissionAllowed, type PermissionQuestion } from '../shell/index.ts';

/** The slice of Electron's session this adapter uses; tests pass a typed fake. */
export type PermissionSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler'
>;

/**
 * Installs both handlers: Chromium checks first and asks second, so one without the other leaks. A
 * refusal is told to `onRefused` once per kind.
 */
export function installPermissionHandlers(
  session: PermissionSession,
  onRefused: (permission: string) => void,
): void {
  const refused = new Set<string>();
  const decide = (question: PermissionQuestion): boolean => {
    const isAllowed = isPermissionAllowed(question);
    if (!isAllowed && !refused.has(question.permission)) {
      refused.add(question.permission);
      onRefused(question.permission);
    }
    return isAllowed;
  };
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const { requestingUrl, isMainFrame } = details;
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    callback(decide({ permission, requestingUrl, isMainFrame, mediaTypes }));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    decide({
      permission,
      requestingUrl: details.requestingUrl ?? requestingOrigin,
      isMainFrame: details.isMainFrame,
      mediaTypes: details.mediaType === undefined ? [] : [details.mediaType],
    }),
  );
}
