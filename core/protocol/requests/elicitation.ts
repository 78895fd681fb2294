import * as z from 'zod';

import { maybe } from '../common.ts';

const described = { title: maybe(z.string()), description: maybe(z.string()) };
const Choice = z.strictObject({ const: z.string(), title: z.string() });

const text = { type: z.literal('string'), ...described, default: maybe(z.string()) };
const TextField = z.strictObject({
  ...text,
  format: maybe(z.enum(['email', 'uri', 'date', 'date-time'])),
  minLength: maybe(z.int().min(0)),
  maxLength: maybe(z.int().min(0)),
});
const ChoiceField = z.union([
  z.strictObject({
    ...text,
    enum: z.array(z.string()),
    /** How the values are shown, in the older form of titles. */
    enumNames: maybe(z.array(z.string())),
  }),
  z.strictObject({ ...text, oneOf: z.array(Choice) }),
]);
const SeveralChoicesField = z.strictObject({
  type: z.literal('array'),
  ...described,
  default: maybe(z.array(z.string())),
  minItems: maybe(z.int().min(0)),
  maxItems: maybe(z.int().min(0)),
  items: z.union([
    z.strictObject({ type: z.literal('string'), enum: z.array(z.string()) }),
    z.strictObject({ anyOf: z.array(Choice) }),
  ]),
});
const NumberField = z.strictObject({
  type: z.enum(['number', 'integer']),
  ...described,
  default: maybe(z.number()),
  minimum: maybe(z.number()),
  maximum: maybe(z.number()),
});
const SwitchField = z.strictObject({
  type: z.literal('boolean'),
  ...described,
  default: maybe(z.boolean()),
});

/** A flat form: fields by name, of plain types only (MCP 2025-11-25). */
const ElicitationForm = z.strictObject({
  $schema: maybe(z.string()),
  type: z.literal('object'),
  properties: z.record(
    z.string(),
    z.union([ChoiceField, TextField, SeveralChoicesField, NumberField, SwitchField]),
  ),
  required: maybe(z.array(z.string())),
});

/** `codex_approval_kind: "mcp_tool_call"` in it makes the elicitation the question whether a tool may run. */
const meta = z.record(z.string(), z.unknown());

const asked = {
  threadId: z.string(),
  /** Null where the tool server asks by itself, outside of any turn. */
  turnId: z.string().nullable(),
  serverName: z.string(),
  message: z.string(),
  _meta: meta.nullable(),
};

/** A tool server wants something of the user: a form, or a page to be visited (app-server §8). */
export const McpElicitationParams = z.discriminatedUnion('mode', [
  z.object({ ...asked, mode: z.literal('form'), requestedSchema: ElicitationForm }),
  z.object({ ...asked, mode: z.literal('url'), url: z.string(), elicitationId: z.string() }),
]);
export const McpElicitationResponse = z.object({
  action: z.enum(['accept', 'decline', 'cancel']),
  /** The form as it was filled in; null where nothing was accepted, or there is no form. */
  content: maybe(z.record(z.string(), z.unknown())),
  _meta: maybe(meta),
});
