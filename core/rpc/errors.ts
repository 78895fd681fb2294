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
  return `Invalid request: ${describeIssue(issue)}`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  const missing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      if (missing) return `missing field \`${leaf(issue)}\``;
      return `invalid type at \`${path}\`: expected ${issue.expected}`;
    case 'invalid_value': {
      if (missing) return `missing field \`${leaf(issue)}\``;
      const allowed = issue.values.map((value) => `\`${String(value)}\``).join(', ');
      return `unknown variant ${JSON.stringify(issue.input)}, expected one of ${allowed} at \`${path}\``;
    }
    case 'invalid_union': {
      if (missing) return `missing field \`${leaf(issue)}\``;
      return `unknown variant at \`${path}\``;
    }
    default:
      return path === '' ? issue.message : `${issue.message} at \`${path}\``;
  }
}

const leaf = (issue: z.core.$ZodIssue): string => {
  const last = issue.path.at(-1);
  return last === undefined ? 'params' : String(last);
};
