import type { ServerResponse } from 'node:http';

import type { Contestant } from './contestant.ts';

let answers = 0;

/** The frames of one answer: its opening with the first words, and its end. */
export function answerFrames(text: string): { readonly head: string; readonly tail: string } {
  answers += 1;
  const id = `resp_${answers}`;
  const item = { type: 'message', id: `msg_${answers}`, role: 'assistant' };
  const content = [{ type: 'output_text', text, annotations: [] }];
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  };
  return {
    head:
      frame({ type: 'response.created', response: { id } }) +
      frame({
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, content: [] },
      }) +
      deltaFrame(item.id, text),
    tail:
      frame({
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', content },
      }) + frame({ type: 'response.completed', response: { id, usage } }),
  };
}

export function deltaFrame(itemId: string, delta: string): string {
  const place = { item_id: itemId, output_index: 0, content_index: 0 };
  return frame({ type: 'response.output_text.delta', ...place, delta });
}

/** The id of the message whose opening this is. */
export const itemIdIn = (head: string): string => /"id":"(msg_\d+)"/u.exec(head)?.[1] ?? '';

function frame(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export type TurnTimes = { readonly upstreamMs: number; readonly firstDeltaMs: number };

/** Answers with one word, the end only after the word has reached the client. */
export async function textTurn(contestant: Contestant, text: string): Promise<TurnTimes> {
  const { link, messages } = contestant;
  const { head, tail } = answerFrames('Done.');
  const responding = Promise.withResolvers<ServerResponse>();
  link.answerText = (response) => {
    response.write(head);
    responding.resolve(response);
  };
  const posted = link.posts.next('Responses request', () => true);
  const delta = messages.next('first delta', ({ method }) => method === 'item/agentMessage/delta');
  const completed = messages.next('turn/completed', ({ method }) => method === 'turn/completed');
  const { lines } = contestant.prepare('turn/start', [
    { input: [{ type: 'text', text, text_elements: [] }] },
  ]);
  const writtenMs = performance.now();
  contestant.write(lines[0] ?? '');
  const [{ atMs: postedMs }, { atMs: deltaMs }] = await Promise.all([posted, delta]);
  (await responding.promise).end(tail);
  await completed;
  link.answerText = undefined;
  return { upstreamMs: postedMs - writtenMs, firstDeltaMs: deltaMs - writtenMs };
}
