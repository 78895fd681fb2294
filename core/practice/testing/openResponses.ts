import * as z from 'zod';

// The response and its events as the OpenAPI description of Open Responses (2026-04-24) has them: every
// field it requires is required here, with the type it names.

const Status = z.enum(['in_progress', 'completed', 'incomplete']);
const LogProbs = z.array(
  z.object({
    token: z.string(),
    logprob: z.number(),
    bytes: z.array(z.int()),
    top_logprobs: z.array(z.unknown()),
  }),
);
const OutputText = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.object({ type: z.literal('url_citation') })),
  logprobs: LogProbs,
});
const SummaryText = z.object({ type: z.literal('summary_text'), text: z.string() });

const Item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status: Status,
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.array(OutputText),
    phase: z.enum(['commentary', 'final_answer']).optional(),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: Status,
  }),
  z.object({ type: z.literal('reasoning'), id: z.string(), summary: z.array(SummaryText) }),
]);

const FunctionTool = z.object({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  strict: z.boolean().nullable(),
});

const Choice = z.enum(['none', 'auto', 'required']);
const FunctionChoice = z.object({ type: z.literal('function'), name: z.string().optional() });
const AllowedChoice = z.object({
  type: z.literal('allowed_tools'),
  tools: z.array(FunctionChoice),
  mode: Choice,
});

/** `ResponseResource`. */
export const OpenResponse = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.string(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(Item),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(FunctionTool),
  tool_choice: z.union([Choice, FunctionChoice, AllowedChoice]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.object({
    format: z.object({ type: z.enum(['text', 'json_object', 'json_schema']) }),
    verbosity: z.enum(['low', 'medium', 'high']).optional(),
  }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  usage: z
    .object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
    })
    .nullable(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.int().nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
});

const numbered = { sequence_number: z.int() };
const ofItem = { ...numbered, output_index: z.int(), item: Item };
const inItem = { ...numbered, output_index: z.int(), item_id: z.string() };
const ofPart = { ...inItem, content_index: z.int() };
const ofSummary = { ...inItem, summary_index: z.int() };
const ofResponse = { ...numbered, response: OpenResponse };

/** The streaming events that this server sends. */
export const OpenEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('response.created'), ...ofResponse }),
  z.object({ type: z.literal('response.in_progress'), ...ofResponse }),
  z.object({ type: z.literal('response.completed'), ...ofResponse }),
  z.object({ type: z.literal('response.incomplete'), ...ofResponse }),
  z.object({ type: z.literal('response.failed'), ...ofResponse }),
  z.object({ type: z.literal('response.output_item.added'), ...ofItem }),
  z.object({ type: z.literal('response.output_item.done'), ...ofItem }),
  z.object({ type: z.literal('response.content_part.added'), ...ofPart, part: OutputText }),
  z.object({ type: z.literal('response.content_part.done'), ...ofPart, part: OutputText }),
  z.object({
    type: z.literal('response.output_text.delta'),
    ...ofPart,
    delta: z.string(),
    logprobs: LogProbs,
  }),
  z.object({
    type: z.literal('response.output_text.done'),
    ...ofPart,
    text: z.string(),
    logprobs: LogProbs,
  }),
  z.object({
    type: z.literal('response.reasoning_summary_part.added'),
    ...ofSummary,
    part: SummaryText,
  }),
  z.object({
    type: z.literal('response.reasoning_summary_part.done'),
    ...ofSummary,
    part: SummaryText,
  }),
  z.object({
    type: z.literal('response.reasoning_summary_text.delta'),
    ...ofSummary,
    delta: z.string(),
  }),
  z.object({
    type: z.literal('response.reasoning_summary_text.done'),
    ...ofSummary,
    text: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.delta'),
    ...inItem,
    delta: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.done'),
    ...inItem,
    arguments: z.string(),
  }),
]);
