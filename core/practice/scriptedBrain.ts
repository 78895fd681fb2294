import * as z from 'zod';

import type { Clock } from '../base/index.ts';
import { sleep } from '../platform/index.ts';
import { messageText, type ResponseItem, type ToolOutput } from '../model/index.ts';
import type { BrainOutput, BrainRequest, TextBrain } from './brain.ts';
import { lastRequest } from './delegation.ts';

const Regex = z.string().refine(isRegex, { error: 'is not a regular expression' });

/** When a rule applies. Texts are compared without regard to case. */
const Condition = z.union([
  /** A fresh request that contains this. */
  z.strictObject({ text: z.string().min(1) }),
  /** A fresh request that this finds something in. */
  z.strictObject({ regex: Regex }),
  /** The output of a tool, just handed back, that contains this; empty for any output. */
  z.strictObject({ toolOutput: z.string() }),
  z.strictObject({ any: z.literal(true) }),
]);

const Step = z.union([
  z.strictObject({ say: z.string().min(1) }),
  z.strictObject({
    call: z.strictObject({ name: z.string().min(1), arguments: z.json() }),
  }),
  z.strictObject({ reasoning: z.string().min(1) }),
  z.strictObject({ delayMs: z.number().nonnegative() }),
  z.strictObject({
    error: z.strictObject({
      status: z.int().min(400).max(599),
      code: z.string(),
      message: z.string(),
    }),
  }),
  z.strictObject({ cut: z.literal(true) }),
]);

/** What a scripted text model does: the first rule that applies answers. */
export const ResponsesScript = z.strictObject({
  rules: z.array(
    z.strictObject({
      when: Condition,
      // oxlint-disable-next-line unicorn/no-thenable -- the script's own word; a list is never awaited
      then: z.array(Step),
      /** Applies at most once, so that the next rule can answer the next time. */
      once: z.boolean().optional(),
    }),
  ),
});
export type ResponsesScript = z.infer<typeof ResponsesScript>;

export type ScriptedTextBrainOptions = {
  readonly clock: Clock;
  /** Answers what no rule applies to. */
  readonly fallback: TextBrain;
};

/** A text model that follows a script, for tests and demonstrations. */
export function createScriptedTextBrain(
  script: ResponsesScript,
  options: ScriptedTextBrainOptions,
): TextBrain {
  const used = new Set<ResponsesScript['rules'][number]>();
  return {
    respond(request, signal) {
      const rule = script.rules.find(
        (candidate) => !used.has(candidate) && applies(candidate.when, request),
      );
      if (rule === undefined) return options.fallback.respond(request, signal);
      if (rule.once === true) used.add(rule);
      return perform(rule.then, options.clock, signal);
    },
  };
}

async function* perform(
  steps: readonly z.infer<typeof Step>[],
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<BrainOutput, void, void> {
  for (const step of steps) {
    if (signal.aborted) return;
    if ('say' in step) {
      yield { type: 'newMessage', phase: 'final_answer' };
      for (const delta of step.say.match(/\s*\S+|\s+$/gu) ?? []) yield { type: 'text', delta };
    } else if ('call' in step) {
      const { name, arguments: args } = step.call;
      yield { type: 'call', name, arguments: JSON.stringify(args) };
    } else if ('reasoning' in step) {
      yield { type: 'reasoning', delta: step.reasoning };
    } else if ('delayMs' in step) {
      await sleep(clock, step.delayMs, signal);
    } else if ('error' in step) {
      yield { type: 'fail', ...step.error };
      return;
    } else {
      yield { type: 'cut' };
      return;
    }
  }
}

function applies(when: z.infer<typeof Condition>, request: BrainRequest): boolean {
  if ('any' in when) return true;
  const last = request.input.at(-1);
  if ('toolOutput' in when) {
    const output = outputOf(last);
    return output !== undefined && contains(output, when.toolOutput);
  }
  // Otherwise a rule that calls a tool would apply again to the tool's output, for ever.
  if (last?.type !== 'message' || last.role !== 'user') return false;
  const wanted = lastRequest(request.input);
  return 'text' in when ? contains(wanted, when.text) : new RegExp(when.regex, 'iu').test(wanted);
}

function outputOf(item: ResponseItem | undefined): string | undefined {
  if (item?.type !== 'function_call_output' && item?.type !== 'custom_tool_call_output') {
    return undefined;
  }
  return textOf(item.output);
}

function textOf(output: ToolOutput): string {
  if (typeof output === 'string') return output;
  return messageText({ type: 'message', role: 'user', content: output });
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function isRegex(source: string): boolean {
  try {
    return new RegExp(source, 'iu') instanceof RegExp;
  } catch {
    return false;
  }
}
