import { expect, test } from 'vitest';

import { isPermissionAllowed, type PermissionQuestion } from './permissionPolicy.ts';

const microphone: PermissionQuestion = {
  permission: 'media',
  requestingUrl: 'app://parley/',
  isMainFrame: true,
  mediaTypes: ['audio'],
};

test.for<[string, Partial<PermissionQuestion>, boolean]>([
  ['the microphone for our own page', {}, true],
  ['the camera', { mediaTypes: ['video'] }, false],
  ['microphone and camera together', { mediaTypes: ['audio', 'video'] }, false],
  ['media of an unknown kind', { mediaTypes: ['unknown'] }, false],
  ['media of no kind', { mediaTypes: [] }, false],
  ['the microphone for a frame inside the page', { isMainFrame: false }, false],
  ['the microphone for a foreign page', { requestingUrl: 'https://example.com/' }, false],
  ['a host that only starts like ours', { requestingUrl: 'app://parley.example/' }, false],
  ['our host under another scheme', { requestingUrl: 'https://parley/' }, false],
  ['an address with credentials', { requestingUrl: 'app://user@parley/' }, false],
  ['something that is no address', { requestingUrl: '' }, false],
  ['choosing a speaker', { permission: 'speaker-selection', mediaTypes: [] }, true],
  ['copying text', { permission: 'clipboard-sanitized-write', mediaTypes: [] }, true],
  ['reading the clipboard', { permission: 'clipboard-read', mediaTypes: [] }, false],
  ['sharing the screen', { permission: 'display-capture' }, false],
  ['the local network', { permission: 'local-network' }, false],
  ['a permission nobody knows yet', { permission: 'mind-reading' }, false],
])('%s: %o is %s', ([, change, isAllowed]) => {
  expect(isPermissionAllowed({ ...microphone, ...change })).toBe(isAllowed);
});
