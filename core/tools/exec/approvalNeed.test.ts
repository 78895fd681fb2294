import { expect, test } from 'vitest';

import type { AskForApproval } from '../../protocol/index.ts';
import { approvalNeed, type ApprovalQuestion, mayAskAgain, typingNeed } from './approvalNeed.ts';

const granular = (sandbox_approval: boolean, rules: boolean): AskForApproval => ({
  granular: {
    sandbox_approval,
    rules,
    mcp_elicitations: false,
    request_permissions: false,
    skill_approval: false,
  },
});

const POLICIES: readonly (readonly [string, AskForApproval])[] = [
  ['untrusted', 'untrusted'],
  ['on-request', 'on-request'],
  ['never', 'never'],
  ['granular, all', granular(true, true)],
  ['granular, sandbox', granular(true, false)],
  ['granular, rules', granular(false, true)],
  ['granular, none', granular(false, false)],
];

type Kind = ApprovalQuestion['judgement']['kind'];
const needs = (
  kind: Kind,
  wants: ApprovalQuestion['wants'],
  isBounded: boolean,
  mayLeaveSandbox = false,
): string =>
  POLICIES.map(
    ([, policy]) =>
      approvalNeed({
        policy,
        judgement: { kind, mayLeaveSandbox, reason: 'deletes without asking' },
        wants,
        isBounded,
      }).kind,
  ).join(' ');

const ALL = (kind: string): string => POLICIES.map(() => kind).join(' ');

test.each<readonly [Kind, ApprovalQuestion['wants'], boolean, string]>([
  // In the order of POLICIES: untrusted, on-request, never, granular with all, sandbox, rules, nothing.
  ['reads', 'sandbox', true, ALL('none')],
  ['allowed', 'sandbox', true, ALL('none')],
  ['other', 'sandbox', true, 'ask none none none none none none'],
  ['danger', 'sandbox', true, 'ask ask refuse ask refuse ask refuse'],
  ['forbidden', 'sandbox', true, ALL('refuse')],
  ['reads', 'outside', true, 'ask ask refuse ask ask refuse refuse'],
  ['allowed', 'outside', true, 'ask ask refuse ask ask refuse refuse'],
  ['other', 'outside', true, 'ask ask refuse ask ask refuse refuse'],
  ['danger', 'outside', true, 'ask ask refuse ask refuse ask refuse'],
  ['forbidden', 'outside', true, ALL('refuse')],
  // With full access there is no sandbox to leave.
  ['reads', 'outside', false, ALL('none')],
  ['allowed', 'outside', false, ALL('none')],
  ['other', 'outside', false, 'ask none none none none none none'],
  ['danger', 'sandbox', false, 'ask ask refuse ask refuse ask refuse'],
  ['forbidden', 'sandbox', false, ALL('refuse')],
])(
  'of a command that is `%s` and wants %s (bounded: %s) is asked: %s',
  (kind, wants, bounded, is) => {
    expect(needs(kind, wants, bounded)).toBe(is);
  },
);

test('a rule for outside the sandbox lets a command out that it covers, and no other', () => {
  expect(needs('allowed', 'outside', true, true)).toBe(ALL('none'));
  expect(needs('danger', 'outside', true, true)).not.toContain('none');
});

test('after a denial people are asked where the policy has them decide, and nobody else is', () => {
  expect(POLICIES.map(([, policy]) => mayAskAgain(policy))).toEqual([
    true,
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
});

const typingKinds = (isOutside: boolean): string =>
  POLICIES.map(([, policy]) => typingNeed(policy, isOutside).kind).join(' ');

test('what is typed into a program that left the sandbox is asked about, as leaving it was', () => {
  expect(typingKinds(true)).toBe('ask ask refuse ask ask refuse refuse');
  expect(typingKinds(false)).toBe('ask none none none none none none');
});
