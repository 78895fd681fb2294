import * as z from 'zod';

/** Tokens the voice model has used; the kinds are counted as far as the provider tells them apart. */
export type VoiceTokens = {
  readonly total: number;
  readonly input: TokenKinds;
  readonly output: TokenKinds;
};
type TokenKinds = {
  readonly all: number;
  readonly text: number;
  readonly audio: number;
  /** The part that was taken from the provider's cache. */
  readonly cached: number;
};

const noKinds: TokenKinds = { all: 0, text: 0, audio: 0, cached: 0 };
export const noVoiceTokens: VoiceTokens = { total: 0, input: noKinds, output: noKinds };

const count = z.number().nonnegative().catch(0);
const Details = z
  .looseObject({ text_tokens: count, audio_tokens: count, cached_tokens: count })
  .catch({ text_tokens: 0, audio_tokens: 0, cached_tokens: 0 });
const Usage = z.looseObject({
  total_tokens: z.number().nonnegative(),
  input_tokens: count,
  output_tokens: count,
  input_token_details: Details,
  output_token_details: Details,
});

/** Adds the usage of one finished response; what cannot be read adds nothing. */
export function addUsage(tokens: VoiceTokens, usage: unknown): VoiceTokens {
  const parsed = Usage.safeParse(usage);
  if (!parsed.success) return tokens;
  const { data } = parsed;
  return {
    total: tokens.total + data.total_tokens,
    input: plus(tokens.input, data.input_tokens, data.input_token_details),
    output: plus(tokens.output, data.output_tokens, data.output_token_details),
  };
}

function plus(kinds: TokenKinds, all: number, details: z.infer<typeof Details>): TokenKinds {
  return {
    all: kinds.all + all,
    text: kinds.text + details.text_tokens,
    audio: kinds.audio + details.audio_tokens,
    cached: kinds.cached + details.cached_tokens,
  };
}

/** The kinds in words, as far as they are known: "38 text, 54 audio (24 cached)"; "" for nothing. */
export function kindsText({ all, text, audio, cached }: TokenKinds): string {
  const kinds = [
    ...(text > 0 ? [`${text.toLocaleString()} text`] : []),
    ...(audio > 0 ? [`${audio.toLocaleString()} audio`] : []),
  ];
  if (kinds.length === 0) return all === 0 ? '' : all.toLocaleString();
  const cache = cached === 0 ? '' : ` (${cached.toLocaleString()} cached)`;
  return `${kinds.join(', ')}${cache}`;
}
