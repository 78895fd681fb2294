/** The one model there is; requests may name any. */
const MODEL = 'parley-practice';

/** A model as OpenAI describes one. Whatever name a request may use has a description. */
export function describeModel(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'parley' };
}

/** OpenAI's list, and with it the richer one that clients of the codex family ask for. */
export function listModels(detailed: boolean): object {
  return {
    object: 'list',
    data: [describeModel(MODEL)],
    ...(detailed && {
      models: [
        {
          slug: MODEL,
          display_name: 'Practice agent',
          description: 'Answers by fixed rules on this computer. It is not a language model.',
          visibility: 'list',
          supported_in_api: true,
          prefer_websockets: false,
          supported_reasoning_levels: [],
          supports_parallel_tool_calls: false,
          support_verbosity: false,
          input_modalities: ['text'],
          context_window: 32_768,
        },
      ],
    }),
  };
}
