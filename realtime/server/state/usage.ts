import type { ActiveResponse, Entry } from './state.ts';

/** Tokens are estimated: four characters of text make one. */
const CHARS_PER_TOKEN = 4;
/** One token of heard sound lasts 100 ms, one of spoken sound 50 ms. */
const INPUT_MS_PER_TOKEN = 100;
const OUTPUT_MS_PER_TOKEN = 50;

function textTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

export function outputTokens(textChars: number, audioMs: number): number {
  return textTokens(textChars) + Math.ceil(audioMs / OUTPUT_MS_PER_TOKEN);
}

export function inputTokens(
  instructions: string,
  entries: readonly Entry[],
): { text: number; audio: number } {
  let chars = instructions.length;
  let audioMs = 0;
  for (const { item, audioMs: ownMs } of entries) {
    audioMs += ownMs;
    if (item.type === 'message') chars += messageText(item.content).length;
    else chars += item.type === 'function_call' ? item.arguments.length : item.output.length;
  }
  return { text: textTokens(chars), audio: Math.ceil(audioMs / INPUT_MS_PER_TOKEN) };
}

type Content = Extract<Entry['item'], { type: 'message' }>['content'];

/** All written words of a message, transcripts included. */
export function messageText(content: Content): string {
  return content
    .map((part) => {
      if (part.type === 'input_text' || part.type === 'output_text') return part.text ?? '';
      return part.type === 'input_image' ? '' : (part.transcript ?? '');
    })
    .filter((text) => text !== '')
    .join('\n');
}

/** The `usage` of a `response.done` (realtime-v2 §21.4). Nothing is ever served from a cache. */
export function describeUsage(response: ActiveResponse): Record<string, unknown> {
  const { text, audio } = response.inputTokens;
  const outputText = textTokens(response.textChars);
  const outputAudio = outputTokens(0, response.audioMs);
  return {
    total_tokens: text + audio + outputText + outputAudio,
    input_tokens: text + audio,
    output_tokens: outputText + outputAudio,
    input_token_details: {
      text_tokens: text,
      audio_tokens: audio,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: outputText, audio_tokens: outputAudio },
  };
}
