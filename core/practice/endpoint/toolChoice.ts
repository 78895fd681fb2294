import * as z from 'zod';

import type { OfferedTool } from '../model/index.ts';

/** A tool of a request; those that a provider would run itself are passed over. */
export const RequestTool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
export type RequestTool = z.infer<typeof RequestTool>;

const NamedTool = z.looseObject({ type: z.enum(['function', 'custom']), name: z.string() });

/** What `tool_choice` may be; choices of tools that a provider runs itself go through as they are. */
export const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  NamedTool,
  z.looseObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({ type: z.string(), name: z.string().optional() })),
  }),
  z.looseObject({ type: z.string().regex(/^(?!(?:function|custom|allowed_tools)$)/u) }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

/** What a choice leaves of the tools, and whether one of them has to be called. */
export type ToolsLeft = {
  readonly tools: ReadonlyMap<string, OfferedTool>;
  readonly mustCall: boolean;
};

/** Applies a choice to the tools of its request; a string says why that cannot be. */
export function chooseTools(
  choice: ToolChoice,
  requested: readonly RequestTool[],
): ToolsLeft | string {
  const tools = offeredTools(requested);
  if (choice === 'none') return { tools: new Map(), mustCall: false };
  if (choice === 'auto') return { tools, mustCall: false };
  if (choice === 'required') {
    return requested.length > 0
      ? { tools, mustCall: tools.size > 0 }
      : "tool_choice 'required' needs at least one tool in 'tools'";
  }
  if (isAllowedTools(choice)) return allowTools(choice, tools);
  if (!isNamed(choice)) return { tools: new Map(), mustCall: false };
  const tool = tools.get(choice.name);
  return tool?.kind === choice.type
    ? { tools: new Map([[choice.name, tool]]), mustCall: true }
    : notOffered(choice.name);
}

type Allowed = Extract<ToolChoice, { mode: unknown }>;

function allowTools(choice: Allowed, tools: ReadonlyMap<string, OfferedTool>): ToolsLeft | string {
  const allowed = new Map<string, OfferedTool>();
  for (const { type, name } of choice.tools) {
    if (type !== 'function' && type !== 'custom') continue;
    const tool = tools.get(name ?? '');
    if (name === undefined || tool?.kind !== type) return notOffered(name ?? '');
    allowed.set(name, tool);
  }
  return { tools: allowed, mustCall: choice.mode === 'required' && allowed.size > 0 };
}

function isAllowedTools(choice: Exclude<ToolChoice, string>): choice is Allowed {
  return choice.type === 'allowed_tools';
}

function isNamed(choice: Exclude<ToolChoice, string>): choice is z.infer<typeof NamedTool> {
  return choice.type === 'function' || choice.type === 'custom';
}

function notOffered(name: string): string {
  return `there is no such tool '${name.slice(0, 80)}' in 'tools'`;
}

function offeredTools(requested: readonly RequestTool[]): ReadonlyMap<string, OfferedTool> {
  const tools = new Map<string, OfferedTool>();
  for (const { type, name, parameters } of requested) {
    if (name === undefined) continue;
    if (type === 'function') tools.set(name, { kind: 'function', parameters: parameters ?? EMPTY });
    if (type === 'custom') tools.set(name, { kind: 'custom' });
  }
  return tools;
}

const EMPTY = { type: 'object', properties: {} };

/** A tool as a response repeats it, with what the request left to its default. */
export function describeTool(tool: RequestTool): Readonly<Record<string, unknown>> {
  if (tool.type !== 'function') return tool;
  const { description = null, parameters = null, strict } = tool;
  return { ...tool, description, parameters, strict: strict ?? true };
}
