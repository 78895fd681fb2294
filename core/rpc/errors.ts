import type * as z from 'zod';

import { ProductError } from '../base/index.ts';
import { RpcErrorCode } from '../protocol/index.ts';

/** A refusal that crosses the wire as a JSON-RPC error object (app-server §3). */
export class RpcError extends ProductError {
  readonly code = 'rpc';
  readonly retryable = false;
  readonly rpcCode: RpcErrorCode;
  readonly data: unknown;

  constructor(rpcCode: RpcErrorCode, message: string, data?: unknown) {
    super(message);
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** The client's own fault, in the protocol's code for everything of that kind. */
export const invalidRequest = (message: string): RpcError =>
  new RpcError(RpcErrorCode.invalidRequest, message);

/** Says in one line which parameter is wrong, in the words clients of this protocol know. */
export function describeParamsError(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'Invalid request: bad parameters';
  return `Invalid request: ${describeIssue(issue, 'params')}`;
}

/** Says in the same words what is wrong with the result that a client sent. */
export function describeResultError(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'bad result' : describeIssue(issue, 'result');
}

function describeIssue(issue: z.core.$ZodIssue, root: string): string {
  const path = issue.path.length === 0 ? root : issue.path.map(String).join('.');
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return missing(issue, root);
      return `invalid type at \`${path}\`: expected ${issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return missing(issue, root);
      return unknownVariant(issue.input, issue.values, path);
    case 'invalid_union': {
      const given = discriminatorOf(issue);
      if (given === undefined) return missing(issue, root);
      return unknownVariant(given, 'options' in issue ? (issue.options ?? []) : [], path);
    }
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
    case 'unrecognized_keys':
      return `${issue.message} at \`${path}\``;
  }
}

const missing = (issue: z.core.$ZodIssue, root: string): string =>
  `missing field \`${String(issue.path.at(-1) ?? root)}\``;

function unknownVariant(given: unknown, allowed: readonly unknown[], path: string): string {
  const names = allowed.map((value) => `\`${String(value)}\``).join(', ');
  const expected = names === '' ? '' : `, expected one of ${names}`;
  return `unknown variant ${JSON.stringify(given)}${expected} at \`${path}\``;
}

/** What was given where a union is told apart; for unions without such a field, the whole value. */
function discriminatorOf(issue: z.core.$ZodIssueInvalidUnion): unknown {
  const { input, discriminator } = issue;
  if (discriminator === undefined || typeof input !== 'object' || input === null) return input;
  const fields: Readonly<Record<string, unknown>> = { ...input };
  return fields[discriminator];
}
