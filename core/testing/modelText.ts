type Fields = Readonly<Record<string, unknown>>;

/** The input of a Responses request as `role: text`, tool outputs as `type: output`. */
export function toldToModel(body: unknown): readonly string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own request, shown as it is
  const { input } = body as { readonly input: readonly Fields[] };
  return input.map((item) => {
    if (item['type'] !== 'message') return `${String(item['type'])}: ${String(item['output'])}`;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a message has parts
    const content = item['content'] as readonly Fields[];
    return `${String(item['role'])}: ${content.map((part) => String(part['text'])).join('')}`;
  });
}

/** The first events of an answer: a message that has begun and is not done. */
export const openMessage = [
  { type: 'response.created', response: { id: 'resp_1' } },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta: 'Half a ' },
];
