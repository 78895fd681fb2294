import { assertNever, ProductError } from '../../base/index.ts';
import type { Outcome } from '../../interactions/index.ts';
import type { ContentPart, ToolOutput } from '../../model/index.ts';
import { type DynamicToolContent, DynamicToolSpec } from '../../protocol/index.ts';
import type { NewItem, Tool, ToolNamespace } from '../contract.ts';
import type { ToolSource } from '../registry.ts';

/** Tools that a client offers and that cannot be; the message is for whoever wrote it. */
class DynamicToolError extends ProductError {
  readonly code = 'dynamicTool';
  readonly retryable = false;
}

type Declared = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly isDeferred: boolean;
  readonly namespace: ToolNamespace | undefined;
};

/** Refuses what cannot be offered: a name that is there twice, and one to be found that has no namespace (app-server §8). */
export function checkDynamicTools(specs: readonly DynamicToolSpec[]): void {
  const names = new Set<string>();
  for (const { name, namespace, isDeferred } of declaredIn(specs)) {
    if (isDeferred && namespace === undefined) {
      throw new DynamicToolError(`deferred dynamic tool must include a namespace: ${name}`);
    }
    const full = namespace === undefined ? name : `${namespace.name}.${name}`;
    if (names.has(full)) throw new DynamicToolError(`duplicate dynamic tool name: ${name}`);
    names.add(full);
  }
}

/** The tools that a client runs, by the names the model knows them by; what a file has of no such form is passed over. */
export function dynamicTools(kept: readonly unknown[]): ToolSource {
  const specs = kept.flatMap((spec) => {
    const parsed = DynamicToolSpec.safeParse(spec);
    return parsed.success ? [parsed.data] : [];
  });
  const tools = declaredIn(specs).map(dynamicTool);
  return { toolsFor: () => tools };
}

function declaredIn(specs: readonly DynamicToolSpec[]): readonly Declared[] {
  return specs.flatMap((spec): readonly Declared[] => {
    if (spec.type === 'namespace') {
      const { name, description, tools } = spec;
      return tools.map((tool) => declared(tool, { name, description }));
    }
    if (spec.type === 'function') return [declared(spec, undefined)];
    const { namespace: name } = spec;
    const described = name ?? undefined;
    return [
      declared(
        spec,
        described === undefined
          ? undefined
          : { name: described, description: `Tools in the ${described} namespace.` },
      ),
    ];
  });
}

function declared(
  {
    name,
    description,
    inputSchema,
    deferLoading,
  }: Pick<Declared, 'name' | 'description' | 'inputSchema'> & {
    readonly deferLoading?: boolean | null | undefined;
  },
  namespace: ToolNamespace | undefined,
): Declared {
  return { name, description, inputSchema, isDeferred: deferLoading === true, namespace };
}

function dynamicTool({ name, description, inputSchema, isDeferred, namespace }: Declared): Tool {
  return {
    spec: { type: 'function', name, description, strict: false, parameters: inputSchema },
    ...(namespace !== undefined && { namespace }),
    ...(isDeferred && { isDeferred }),
    concurrency: 'parallel',
    async run(input, context) {
      const call = {
        namespace: namespace?.name ?? null,
        tool: name,
        arguments: argumentsOf(input),
      };
      const startedAtMs = context.nowMs();
      const item = (end: Pick<CallItem, 'status' | 'contentItems' | 'success'>): CallItem => ({
        type: 'dynamicToolCall',
        id: context.callId,
        ...call,
        ...end,
        durationMs: end.status === 'inProgress' ? null : context.nowMs() - startedAtMs,
      });
      const failed = { status: 'failed', contentItems: null, success: false } as const;
      const shown = context.startItem(
        item({ status: 'inProgress', contentItems: null, success: null }),
        item(failed),
      );
      const outcome = await context.callClient(call);
      if (outcome.type === 'refused') {
        shown.complete(item(failed));
        return refusalOf(outcome);
      }
      const { contentItems, success } = outcome.response;
      shown.complete(item({ status: success ? 'completed' : 'failed', contentItems, success }));
      return outputOf(contentItems);
    },
  };
}

type CallItem = Extract<NewItem, { readonly type: 'dynamicToolCall' }>;

/** As the client gets them; what is no JSON is the client's to refuse. */
function argumentsOf(input: string): unknown {
  if (input.trim() === '') return {};
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

/** One text as it is, anything else as parts. */
function outputOf(items: readonly DynamicToolContent[]): ToolOutput {
  const [first, ...others] = items;
  if (first === undefined) return '';
  if (others.length === 0 && first.type === 'inputText') return first.text;
  return items.map((item): ContentPart => {
    switch (item.type) {
      case 'inputText':
        return { type: 'input_text', text: item.text };
      case 'inputImage':
        return { type: 'input_image', image_url: item.imageUrl };
      case 'inputAudio':
        return {
          type: 'unknownPart',
          raw: { type: 'input_audio', audio_url: item.audioUrl },
        };
      default:
        return assertNever(item, 'content of a dynamic tool');
    }
  });
}

function refusalOf({ because, words }: Extract<Outcome<'toolCall'>, { type: 'refused' }>): string {
  switch (because) {
    case 'withdrawn':
      return 'Stopped by the user before it finished.';
    case 'nobody':
      return `Nobody who runs this tool is connected${words === undefined ? '' : ` (${words})`}.`;
    case 'expired':
      return 'The program that runs this tool did not answer in time.';
    case 'declined':
    case 'cancelled':
    case 'failed':
      return `dynamic tool request failed${words === undefined ? '' : `: ${words}`}`;
    default:
      return assertNever(because, 'refusal');
  }
}
