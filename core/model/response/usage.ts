import * as z from 'zod';

import type { TokenUsage } from '../../protocol/index.ts';

const count = z.int().nonnegative().catch(0);

const Usage = z.looseObject({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  total_tokens: z.int().nonnegative().nullish().catch(undefined),
  input_tokens_details: z
    .looseObject({ cached_tokens: count, cache_write_tokens: count })
    .nullish()
    .catch(undefined),
  output_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(undefined),
});

/** Token counts as our clients get them; undefined when the provider gave none that can be read. */
export function usageOf(value: unknown): TokenUsage | undefined {
  const usage = Usage.safeParse(value);
  if (!usage.success) return undefined;
  const { data } = usage;
  return {
    totalTokens: data.total_tokens ?? data.input_tokens + data.output_tokens,
    inputTokens: data.input_tokens,
    cachedInputTokens: data.input_tokens_details?.cached_tokens ?? 0,
    cacheWriteInputTokens: data.input_tokens_details?.cache_write_tokens ?? 0,
    outputTokens: data.output_tokens,
    reasoningOutputTokens: data.output_tokens_details?.reasoning_tokens ?? 0,
  };
}
