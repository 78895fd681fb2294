import * as z from 'zod';

import { parseJson } from '../../base/index.ts';
import { ResponseItem, textMessage } from '../../model/index.ts';
import type { AnswerFormat } from '../model/index.ts';
import {
  chooseTools,
  describeTool,
  RequestTool,
  ToolChoice,
  type ToolsLeft,
} from './toolChoice.ts';

/** An error as the Responses API words it: a status and a body. */
export type ApiError = {
  readonly status: number;
  readonly message: string;
  readonly type: 'invalid_request_error' | 'server_error';
  readonly param: string | null;
  readonly code: string | null;
};

/**
 * Items may leave out `type` when they are messages or name an item by its id, and a message may be a
 * bare string.
 */
const InputItem = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null) return value;
  if (!('type' in value) && !('role' in value) && 'id' in value) {
    return { ...value, type: ITEM_REFERENCE };
  }
  const item = { type: 'message', ...value };
  return 'content' in item && typeof item.content === 'string'
    ? { ...item, content: [{ type: 'input_text', text: item.content }] }
    : item;
}, ResponseItem);

export const ITEM_REFERENCE = 'item_reference';

const Format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().regex(/^[\w-]{1,64}$/u, 'has to be letters, digits, _ and -, at most 64'),
    description: z.string().nullish(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
]);

const MIN_OUTPUT_TOKENS = 16;

const Body = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(InputItem)]).optional(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  background: z.literal(false, 'this server runs nothing in the background').nullish(),
  conversation: z.null('this server keeps no conversations; name a response instead').optional(),
  tools: z.array(RequestTool).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.int().min(MIN_OUTPUT_TOKENS).nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  reasoning: z
    .looseObject({ effort: z.string().nullish(), summary: z.string().nullish() })
    .nullish(),
  text: z.looseObject({ format: Format.nullish(), verbosity: z.string().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  service_tier: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  client_metadata: z.looseObject({ 'x-codex-turn-metadata': z.unknown() }).nullish().catch(null),
});
type Body = z.infer<typeof Body>;

/** What a client asks for, by itself: what it refers to is not looked up yet. */
export type CreateRequest = ToolsLeft & {
  readonly model: string;
  readonly instructions: string;
  readonly wantsSummary: boolean;
  /** What is new; references to stored items among it. */
  readonly input: readonly ResponseItem[];
  readonly previousResponseId: string | undefined;
  readonly store: boolean;
  readonly stream: boolean;
  readonly format: AnswerFormat;
  readonly maxOutputTokens: number;
  /** Fields a response repeats. */
  readonly echo: Readonly<Record<string, unknown>>;
};

export type ParsedBody =
  | { readonly kind: 'valid'; readonly request: CreateRequest }
  | { readonly kind: 'invalid'; readonly error: ApiError };

/** Reads the text of a request; says which field is wrong, and how, when one is. */
export function parseBody(text: string): ParsedBody {
  const json = parseJson(text);
  if ('problem' in json) return invalid(`The body ${json.problem}.`, null, 'invalid_json');
  return readBody(json.value);
}

/** The same for a body that has been parsed already. */
export function readBody(value: unknown): ParsedBody {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid('The body has to be a JSON object.', null, 'invalid_json');
  }
  const body = Body.safeParse(value);
  if (!body.success) {
    const issue = deepest(body.error.issues[0]);
    const [top] = issue.path;
    return typeof top === 'string' && issue.path.length === 1 && !(top in value)
      ? missing(top)
      : invalidValue(issue.path.join('.'), issue.message);
  }
  const { data } = body;
  if (data.input === undefined && typeof data.previous_response_id !== 'string') {
    return missing('input');
  }
  const tools = chooseTools(data.tool_choice ?? 'auto', data.tools ?? []);
  if (typeof tools === 'string') return invalidValue('tool_choice', tools);
  return { kind: 'valid', request: { ...requestOf(data), ...tools } };
}

function requestOf(data: Body): Omit<CreateRequest, keyof ToolsLeft> {
  const { input = [] } = data;
  const format = data.text?.format ?? TEXT;
  return {
    model: data.model,
    instructions: data.instructions ?? '',
    wantsSummary: wantsSummary(data),
    input: typeof input === 'string' ? [textMessage('user', input)] : input,
    previousResponseId: data.previous_response_id ?? undefined,
    store: data.store ?? true,
    stream: data.stream ?? false,
    format,
    maxOutputTokens: data.max_output_tokens ?? Number.POSITIVE_INFINITY,
    echo: echoOf(data, format),
  };
}

/** Agents say in the turn's metadata what a request is for (responses §15). */
function wantsSummary({ client_metadata: metadata }: Body): boolean {
  const text = metadata?.['x-codex-turn-metadata'];
  if (typeof text !== 'string') return false;
  const json = parseJson(text);
  return 'value' in json && TurnMetadata.safeParse(json.value).success;
}

const TurnMetadata = z.looseObject({ request_kind: z.literal('compaction') });

const TEXT = { type: 'text' } as const;

/** Every field that the published schema has in a response, whether the request named it or not. */
function echoOf(data: Body, format: z.infer<typeof Format>): Readonly<Record<string, unknown>> {
  const { reasoning, text } = data;
  return {
    model: data.model,
    instructions: data.instructions ?? null,
    previous_response_id: data.previous_response_id ?? null,
    store: data.store ?? true,
    background: false,
    tools: (data.tools ?? []).map(describeTool),
    tool_choice: data.tool_choice ?? 'auto',
    parallel_tool_calls: data.parallel_tool_calls ?? true,
    max_output_tokens: data.max_output_tokens ?? null,
    max_tool_calls: data.max_tool_calls ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    text: { format: describeFormat(format), verbosity: text?.verbosity ?? 'medium' },
    temperature: data.temperature ?? 1,
    top_p: data.top_p ?? 1,
    presence_penalty: data.presence_penalty ?? 0,
    frequency_penalty: data.frequency_penalty ?? 0,
    top_logprobs: data.top_logprobs ?? 0,
    truncation: data.truncation ?? 'disabled',
    service_tier: tierOf(data.service_tier),
    safety_identifier: data.safety_identifier ?? null,
    prompt_cache_key: data.prompt_cache_key ?? null,
    access_programs: null,
    metadata: data.metadata ?? {},
  };
}

/** The tier that served a request: left to the provider, it is the default one. */
function tierOf(asked: string | null | undefined): string {
  return asked === undefined || asked === null || asked === 'auto' ? 'default' : asked;
}

function describeFormat(format: z.infer<typeof Format>): Readonly<Record<string, unknown>> {
  if (format.type !== 'json_schema') return format;
  const { description = null, strict } = format;
  return { ...format, description, strict: strict ?? false };
}

function missing(field: string): ParsedBody {
  return invalid(`The field '${field}' is missing.`, field, 'missing_required_parameter');
}

function invalidValue(field: string, problem: string): ParsedBody {
  return invalid(`The field '${field}' is not valid: ${problem}.`, field, 'invalid_value');
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
