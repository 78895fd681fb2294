import { parseJson } from '../../base/index.ts';
import * as z from 'zod';

import { ResponseItem, textMessage } from '../../model/index.ts';
import type { TextModelRequest } from '../model/index.ts';

/** An error as the Responses API words it: a status and a body. */
export type ApiError = {
  readonly status: number;
  readonly message: string;
  readonly type: 'invalid_request_error' | 'server_error';
  readonly param: string | null;
  readonly code: string | null;
};

/** Items may leave out `type` when they are messages, and a message may be a bare string. */
const InputItem = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null) return value;
  const item = { type: 'message', ...value };
  return 'content' in item && typeof item.content === 'string'
    ? { ...item, content: [{ type: 'input_text', text: item.content }] }
    : item;
}, ResponseItem);

const Body = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(InputItem)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string().optional() })).nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z.looseObject({}).nullish(),
  text: z.looseObject({}).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  previous_response_id: z.null().optional(),
});

export type ParsedBody =
  | {
      readonly kind: 'valid';
      readonly request: TextModelRequest;
      readonly stream: boolean;
      /** Fields a response repeats. */
      readonly echo: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'invalid'; readonly error: ApiError };

/** Reads the body of a request; says which field is wrong, and how, when one is. */
export function parseBody(text: string): ParsedBody {
  const json = parseJson(text);
  if ('problem' in json) return invalid(`The body ${json.problem}.`, null, 'invalid_json');
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid('The body has to be a JSON object.', null, 'invalid_json');
  }
  if ('previous_response_id' in value && typeof value.previous_response_id === 'string') {
    return invalid(
      'This server keeps no responses; send the whole conversation as input.',
      'previous_response_id',
      'previous_response_not_found',
    );
  }
  const body = Body.safeParse(value);
  if (!body.success) {
    const issue = deepest(body.error.issues[0]);
    const param = issue.path.join('.');
    const top = issue.path[0];
    return typeof top === 'string' && issue.path.length === 1 && !(top in value)
      ? invalid(`The field '${top}' is missing.`, top, 'missing_required_parameter')
      : invalid(`The field '${param}' is not valid: ${issue.message}.`, param, 'invalid_value');
  }
  const { data } = body;
  const tools = data.tools ?? [];
  return {
    kind: 'valid',
    stream: data.stream ?? false,
    request: {
      model: data.model,
      instructions: data.instructions ?? '',
      input: typeof data.input === 'string' ? [textMessage('user', data.input)] : data.input,
      tools: new Set(
        tools.flatMap(({ type, name }) =>
          type === 'function' && name !== undefined ? [name] : [],
        ),
      ),
    },
    echo: {
      model: data.model,
      instructions: data.instructions ?? null,
      tools,
      tool_choice: data.tool_choice ?? 'auto',
      parallel_tool_calls: data.parallel_tool_calls ?? true,
      reasoning: data.reasoning ?? { effort: null, summary: null },
      text: data.text ?? { format: { type: 'text' } },
      metadata: data.metadata ?? {},
    },
  };
}

function invalid(message: string, param: string | null, code: string): ParsedBody {
  return {
    kind: 'invalid',
    error: { status: 400, message, type: 'invalid_request_error', param, code },
  };
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Of a value that fits no member of a union, the complaint that got furthest says the most. */
function deepest(issue: z.core.$ZodIssue | undefined, above: readonly PropertyKey[] = []): Issue {
  if (issue === undefined) return { path: above, message: 'Invalid input' };
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return { path, message: issue.message };
  return issue.errors
    .map(([first]) => deepest(first, path))
    .reduce((best, next) => (next.path.length > best.path.length ? next : best), {
      path,
      message: issue.message,
    });
}
