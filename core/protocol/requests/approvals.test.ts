import { expect, test } from 'vitest';

import { type ServerRequestMethod, serverRequests } from '../registry.ts';
import { clientAnswers } from '../clientAnswers.ts';

const asked = { threadId: 't', turnId: 'u', itemId: 'c', startedAtMs: 1_700_000_000_000 };

type Sample = readonly [ServerRequestMethod, unknown];

const requests: readonly Sample[] = [
  [
    'item/commandExecution/requestApproval',
    {
      ...asked,
      kind: 'command',
      approvalId: null,
      environmentId: 'local',
      reason: 'to clean up',
      command: "/bin/bash -lc 'rm -rf x'",
      cwd: '/w',
      commandActions: [
        { type: 'read', command: 'cat a', name: 'a', path: '/w/a' },
        { type: 'listFiles', command: 'ls', path: null },
        { type: 'search', command: 'rg x', query: 'x', path: null },
        { type: 'unknown', command: 'rm -rf x' },
      ],
      proposedExecpolicyAmendment: ['rm', '-rf'],
      availableDecisions: [
        'accept',
        { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['rm', '-rf'] } },
        'cancel',
      ],
    },
  ],
  [
    'item/commandExecution/requestApproval',
    {
      ...asked,
      itemId: 'network#local#http#h#80#x',
      kind: 'command',
      environmentId: 'local',
      reason: 'Network access to h requires approval',
      networkApprovalContext: { host: 'h', protocol: 'http' },
      proposedNetworkPolicyAmendments: [
        { host: 'h', action: 'allow' },
        { host: 'h', action: 'deny' },
      ],
      availableDecisions: [
        'accept',
        'acceptForSession',
        {
          applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'h', action: 'allow' } },
        },
        'cancel',
      ],
    },
  ],
  [
    'item/commandExecution/requestApproval',
    {
      ...asked,
      kind: 'writeStdin',
      approvalId: 'a',
      environmentId: null,
      additionalPermissions: {
        network: { enabled: true },
        fileSystem: {
          read: null,
          write: ['/w/out'],
          entries: [{ path: { type: 'path', path: '/w/out' }, access: 'write' }],
        },
      },
    },
  ],
  ['item/fileChange/requestApproval', { ...asked, reason: null, grantRoot: null }],
  [
    'item/permissions/requestApproval',
    {
      ...asked,
      environmentId: 'local',
      cwd: '/w',
      reason: null,
      permissions: {
        network: null,
        fileSystem: {
          read: null,
          write: null,
          globScanMaxDepth: 3,
          entries: [
            { path: { type: 'glob_pattern', pattern: '**/*.env' }, access: 'deny' },
            {
              path: { type: 'special', value: { kind: 'project_roots', subpath: 'out' } },
              access: 'write',
            },
            { path: { type: 'special', value: { kind: 'root' } }, access: 'read' },
            {
              path: { type: 'special', value: { kind: 'unknown', path: ':new', subpath: null } },
              access: 'read',
            },
          ],
        },
      },
    },
  ],
  [
    'mcpServer/elicitation/request',
    {
      threadId: 't',
      turnId: 'u',
      serverName: 'stub',
      mode: 'form',
      message: 'Allow?',
      _meta: { codex_approval_kind: 'mcp_tool_call', persist: ['session', 'always'] },
      requestedSchema: { type: 'object', properties: {} },
    },
  ],
  [
    'mcpServer/elicitation/request',
    {
      threadId: 't',
      turnId: null,
      serverName: 'stub',
      mode: 'form',
      message: 'Who?',
      _meta: null,
      requestedSchema: {
        $schema: null,
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', title: 'Name', minLength: 1, maxLength: 20 },
          mail: { type: 'string', format: 'email' },
          age: { type: 'integer', minimum: 0, maximum: 150, default: 30 },
          member: { type: 'boolean', default: false },
          colour: { type: 'string', enum: ['teal', 'coral'], default: 'teal' },
          old: { type: 'string', enum: ['a'], enumNames: ['A'] },
          size: { type: 'string', oneOf: [{ const: 's', title: 'Small' }] },
          many: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } },
          titled: { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] }, default: ['a'] },
        },
      },
    },
  ],
  [
    'mcpServer/elicitation/request',
    {
      threadId: 't',
      turnId: null,
      serverName: 'stub',
      mode: 'url',
      message: 'Sign in',
      _meta: null,
      url: 'https://example.test',
      elicitationId: 'e',
    },
  ],
];

const responses: readonly Sample[] = [
  ['item/commandExecution/requestApproval', { decision: 'accept' }],
  [
    'item/commandExecution/requestApproval',
    { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['rm'] } } },
  ],
  [
    'item/commandExecution/requestApproval',
    {
      decision: {
        applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'h', action: 'deny' } },
      },
    },
  ],
  [
    'item/commandExecution/requestApproval',
    { decision: 'decline', message: 'Use the other folder.' },
  ],
  ['item/fileChange/requestApproval', { decision: 'acceptForSession' }],
  ['item/fileChange/requestApproval', { decision: 'cancel' }],
  [
    'item/permissions/requestApproval',
    {
      permissions: { fileSystem: { write: ['/w/out'] } },
      scope: 'session',
      strictAutoReview: true,
    },
  ],
  ['item/permissions/requestApproval', { permissions: {}, scope: 'turn' }],
  [
    'mcpServer/elicitation/request',
    { action: 'accept', content: { name: 'Ann' }, _meta: { persist: 'session' } },
  ],
  ['mcpServer/elicitation/request', { action: 'decline', content: null, _meta: null }],
];
/** What released clients never send, and the peer refuses, too. */
const unusable: readonly Sample[] = [
  ['item/commandExecution/requestApproval', { decision: 'approved' }],
  [
    'item/commandExecution/requestApproval',
    { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['rm'] }, more: 1 } },
  ],
  ['item/commandExecution/requestApproval', {}],
  [
    'item/commandExecution/requestApproval',
    {
      decision: {
        applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'h', action: 'ask' } },
      },
    },
  ],
  [
    'item/fileChange/requestApproval',
    { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: [] } } },
  ],
  ['item/permissions/requestApproval', { scope: 'turn' }],
  ['item/permissions/requestApproval', { permissions: {}, scope: 'always' }],
  ['item/permissions/requestApproval', { permissions: { fileSystem: { globScanMaxDepth: 0 } } }],
  ['mcpServer/elicitation/request', { action: 'yes' }],
];

const named = (samples: readonly Sample[]) =>
  samples.map(([method, value]) => ({ method, value, shape: JSON.stringify(value).slice(0, 60) }));

test.for(named(requests))('$method is understood whole: $shape', ({ method, value }) => {
  expect(serverRequests[method].params.parse(value)).toEqual(value);
});

test.for(named(responses))(
  'an answer to $method is understood whole: $shape',
  ({ method, value }) => {
    expect(clientAnswers[method].parse(value)).toEqual(value);
  },
);

test.for(named(unusable))('an answer to $method is refused: $shape', ({ method, value }) => {
  expect(clientAnswers[method].safeParse(value).success).toBe(false);
});

test('older clients say none for deny, and name the working directory', () => {
  const response = clientAnswers['item/permissions/requestApproval'];
  const value = { kind: 'current_working_directory' };
  const entries = [{ path: { type: 'special', value }, access: 'none' }];
  expect(response.parse({ permissions: { fileSystem: { entries } } })).toEqual({
    permissions: { fileSystem: { entries } },
    scope: 'turn',
  });
});
