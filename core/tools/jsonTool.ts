import * as z from 'zod';

import { errorText } from '../base/index.ts';
import type { Tool, ToolContext, ToolResult } from './contract.ts';

export type JsonToolDefinition<Arguments extends z.ZodObject> = Pick<
  Tool,
  'concurrency' | 'namespace'
> & {
  readonly name: string;
  readonly description: string;
  /** What is read, and, as JSON Schema, what the model is told. */
  readonly arguments: Arguments;
  run(given: z.output<Arguments>, context: ToolContext): Promise<ToolResult>;
};

/**
 * A tool that takes JSON. Models give null where they mean to leave a field out, so null counts as
 * absent; arguments of another shape are answered with what is wrong with them.
 */
export function jsonTool<Arguments extends z.ZodObject>(
  definition: JsonToolDefinition<Arguments>,
): Tool {
  const { name, description, concurrency, namespace } = definition;
  let parameters: Readonly<Record<string, unknown>> | undefined;
  return {
    spec: {
      type: 'function',
      name,
      description,
      strict: false,
      // With the first request that offers it, not with the thread.
      get parameters() {
        parameters ??= parametersOf(definition.arguments);
        return parameters;
      },
    },
    concurrency,
    ...(namespace !== undefined && { namespace }),
    async run(input, context) {
      return definition.run(readJson(input, definition.arguments), context);
    },
  };
}

/** The arguments of a call; throws what is wrong with them, for the model. */
export function readJson<Arguments extends z.ZodType>(
  input: string,
  schema: Arguments,
): z.output<Arguments> {
  let value: unknown;
  try {
    value = JSON.parse(input === '' ? '{}' : input, (_key, field: unknown) => field ?? undefined);
  } catch (error) {
    throw new Error(`the arguments are not JSON: ${errorText(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

function parametersOf(schema: z.ZodObject): Readonly<Record<string, unknown>> {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      // A field that is filled in when it is missing is still one the model is asked for.
      delete jsonSchema.default;
    },
  });
  return parameters;
}
