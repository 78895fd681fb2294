import type { ModelEvent } from '../contract/index.ts';
import { rateLimitsFromHeaders } from './rateLimits.ts';

/** What a set of headers says about an answer and its turn. */
export type HeaderFacts = {
  /** The routing token of the turn (responses §5.6). */
  readonly turnState: string | undefined;
  readonly events: readonly ModelEvent[];
};

/** Headers mean the same on an HTTP answer, on a socket's upgrade and inside an event. */
export function factsFromHeaders(given: Readonly<Record<string, unknown>>): HeaderFacts {
  const headers = texts(given);
  const events: ModelEvent[] = [];
  const model = headers['openai-model'];
  if (model !== undefined) events.push({ type: 'serverModel', model });
  const etag = headers['x-models-etag'];
  if (etag !== undefined) events.push({ type: 'modelsEtag', etag });
  const reasoning = headers['x-reasoning-included'];
  // Its presence is what counts; only a plain "false" takes it back.
  if (reasoning !== undefined && reasoning !== 'false') events.push({ type: 'reasoningIncluded' });
  for (const snapshot of rateLimitsFromHeaders(headers)) {
    events.push({ type: 'rateLimits', snapshot });
  }
  return { turnState: headers['x-codex-turn-state'], events };
}

/** Headers inside an event may be anything; those that are text or numbers count. */
function texts(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const isText = typeof value === 'string' || typeof value === 'number';
      return isText ? [[name.toLowerCase(), String(value)] as const] : [];
    }),
  );
}
