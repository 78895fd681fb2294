import { expect, test } from 'vitest';

import { errorKind } from './errorKinds.ts';

const connection = (httpStatusCode: number) => ({ httpConnectionFailed: { httpStatusCode } });

// What the peer's newest release makes of each, as recorded; a second list has where we differ.
test.for<[code: string, info: unknown, retryable: boolean]>([
  ['server_error', 'other', true],
  ['rate_limit_exceeded', 'rateLimitExceeded', true],
  ['slow_down', 'rateLimitExceeded', true],
  ['server_is_overloaded', 'serverOverloaded', true],
  ['insufficient_quota', 'usageLimitExceeded', false],
  ['usage_not_included', 'usageLimitExceeded', false],
  ['context_length_exceeded', 'contextWindowExceeded', false],
  ['invalid_prompt', 'other', false],
  ['cyber_policy', 'cyberPolicy', false],
  ['bio_policy', 'other', false],
  ['misalignment_policy', 'other', true],
  ['misalignment_policy_violation', 'misalignmentPolicyViolation', false],
  ['content_policy_violation', 'other', false],
  ['inference_hook_denied', 'inferenceHookDenied', false],
  ['flex_unavailable', 'flexUnavailable', false],
  ['resource_unavailable', 'other', true],
  ['policy_capacity_exhausted', 'other', true],
  ['policy_capacity_unavailable', 'policyCapacityUnavailable', false],
  ['session_budget_exceeded', 'other', true],
  ['budget_reached', 'sessionBudgetExceeded', false],
  ['organization_spend_limit_exceeded', 'usageLimitExceeded', false],
  ['model_not_found', 'modelNotFound', false],
  ['invalid_access_program', 'other', false],
  ['invalid_audio', 'badRequest', false],
  ['audio_too_large', 'badRequest', false],
  ['tool_collision', 'other', true],
  ['workspace_access_denied', 'other', true],
  ['vector_store_timeout', 'other', true],
  ['previous_response_not_found', 'other', true],
  ['request_timeout', 'other', true],
])('%s in a failed response is %s', ([code, info, retryable]) => {
  expect(errorKind({ code })).toEqual({ info, retryable });
});

test.for<[status: number, code: string | undefined, info: unknown, retryable: boolean]>([
  [400, 'cyber_policy', 'cyberPolicy', false],
  [400, 'budget_reached', 'sessionBudgetExceeded', false],
  [400, 'invalid_audio', 'badRequest', false],
  [400, 'context_length_exceeded', 'contextWindowExceeded', false],
  [400, 'unsupported_parameter', 'other', false],
  [403, 'inference_hook_denied', 'inferenceHookDenied', false],
  [404, 'model_not_found', 'modelNotFound', false],
  [429, 'flex_unavailable', 'flexUnavailable', false],
  [429, 'usage_limit_reached', 'usageLimitExceeded', false],
  [429, 'organization_usage_limit_exceeded', 'usageLimitExceeded', false],
  [429, undefined, { responseTooManyFailedAttempts: { httpStatusCode: 429 } }, true],
  [429, 'x', { responseTooManyFailedAttempts: { httpStatusCode: 429 } }, true],
  [500, 'x', 'internalServerError', true],
  [502, 'x', connection(502), true],
  [503, 'x', connection(503), true],
  [503, 'slow_down', 'rateLimitExceeded', true],
  [503, 'server_is_overloaded', 'serverOverloaded', true],
  [504, 'x', connection(504), true],
  [529, 'x', connection(529), true],
  [402, 'x', connection(402), false],
  [403, 'workspace_access_denied', connection(403), false],
  [404, 'x', connection(404), false],
  [408, 'x', connection(408), true],
  [409, 'x', connection(409), false],
  [413, 'x', connection(413), false],
  [422, 'x', connection(422), false],
  [425, 'x', connection(425), true],
  [431, undefined, connection(431), false],
])('HTTP %i with %s is %s', ([status, code, info, retryable]) => {
  expect(errorKind({ status, code })).toEqual({ info, retryable });
});

// Where the peer says `other`, a bare status, or that it tried too often when it did not.
test.for<[status: number | undefined, code: string | undefined, info: unknown]>([
  [401, 'invalid_api_key', 'unauthorized'],
  [402, 'budget_reached', 'sessionBudgetExceeded'],
  [403, 'organization_spend_limit_exceeded', 'usageLimitExceeded'],
  [undefined, 'usage_limit_reached', 'usageLimitExceeded'],
  [undefined, 'organization_usage_limit_exceeded', 'usageLimitExceeded'],
  [undefined, 'access_program_not_enabled', 'other'],
  [undefined, 'invalid_image', 'badRequest'],
  [undefined, 'image_too_large', 'badRequest'],
])('status %s with %s is told as what it is, %s, and not repeated', ([status, code, info]) => {
  expect(errorKind({ status, code })).toEqual({ info, retryable: false });
});

test('a refusal that is about a picture is a bad request', () => {
  expect(errorKind({ status: 400, message: 'The image data is not valid.' }).info).toBe(
    'badRequest',
  );
});

test('a number where the code belongs is a status, and a name of the table itself is no code', () => {
  expect(errorKind({ code: 503 }).info).toEqual(connection(503));
  expect(errorKind({ code: 12 })).toEqual({ info: 'other', retryable: true });
  expect(errorKind({ code: 'constructor' })).toEqual({ info: 'other', retryable: true });
});
