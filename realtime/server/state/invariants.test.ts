import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ServerEventBody } from '../lines/index.ts';
import type { Effect, Input } from './state.ts';
import { SessionBench } from '../testing/bench.ts';

type Move = { readonly kind: number; readonly pick: number; readonly ms: number };

const ITEM_IDS = ['a', 'b', 'c'];

function userItem(id: string): Input {
  const content =
    id === 'c'
      ? [{ type: 'input_audio' as const, audio: 'AAAAAAAA' }]
      : [{ type: 'input_text' as const, text: 'hi' }];
  const item = { type: 'message' as const, role: 'user' as const, id, content };
  return { type: 'clientEvent', event: { type: 'conversation.item.create', item } };
}

/** Turns three numbers into an input that may be sensible, late, repeated or wrong. */
function chooseInput(bench: SessionBench, known: readonly string[], move: Move): Input {
  const { kind, pick, ms } = move;
  const responseId = known[pick % Math.max(1, known.length)] ?? 'resp_none';
  const entries = bench.state.entries;
  const itemId = entries[pick % Math.max(1, entries.length)]?.item.id ?? 'item_none';
  const base = bench.state.input.endSample;
  const playing = bench.state.playout?.[0]?.responseId ?? 'resp_none';
  const choices: readonly Input[] = [
    { type: 'clientEvent', event: { type: 'response.create' } },
    { type: 'clientEvent', event: { type: 'response.create', response: { conversation: 'none' } } },
    {
      type: 'clientEvent',
      event: { type: 'response.create', response: { max_output_tokens: 1 + (ms % 20) } },
    },
    { type: 'clientEvent', event: { type: 'response.cancel' } },
    { type: 'clientEvent', event: { type: 'response.cancel', response_id: responseId } },
    userItem(ITEM_IDS[pick % ITEM_IDS.length] ?? 'a'),
    { type: 'clientEvent', event: { type: 'conversation.item.delete', item_id: itemId } },
    {
      type: 'clientEvent',
      event: {
        type: 'conversation.item.truncate',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: ms,
      },
    },
    { type: 'textProduced', responseId, text: 'one two three' },
    { type: 'audioProduced', responseId, samples: new Int16Array(ms * 24), spoken: pick % 2 === 0 },
    { type: 'callProduced', responseId, name: 'tool', arguments: '{}' },
    { type: 'responseEnded', responseId, outcome: { status: 'completed' } },
    { type: 'responseEnded', responseId, outcome: { status: 'failed', code: 'x', message: 'y' } },
    {
      type: 'audioAppended',
      sampleCount: ms * 24,
      turns: [{ type: 'speechStarted', atSample: base }],
    },
    {
      type: 'audioAppended',
      sampleCount: ms * 24,
      turns: [{ type: 'speechStopped', atSample: base + ms * 24 }],
    },
    { type: 'clientEvent', event: { type: 'input_audio_buffer.commit' } },
    { type: 'clientEvent', event: { type: 'input_audio_buffer.clear' } },
    {
      type: 'clientEvent',
      event: {
        type: 'session.update',
        session: {
          type: 'realtime',
          audio: {
            input: {
              turn_detection: { type: 'server_vad', interrupt_response: pick % 2 === 0 },
            },
          },
        },
      },
    },
    { type: 'idled' },
    { type: 'transcribed', itemId, text: 'words' },
    { type: 'wordsHeard', itemId: bench.state.input.speech?.itemId ?? itemId, delta: 'wo' },
    { type: 'wordsOverdue', itemId },
    { type: 'transcriptionFailed', itemId, code: 'x', message: 'y' },
    {
      type: 'clientEvent',
      event: {
        type: 'session.update',
        session: {
          type: 'realtime',
          audio: { input: { transcription: pick % 2 === 0 ? { model: 'm' } : null } },
        },
      },
    },
    { type: 'audioSent', responseId: playing, sampleCount: unsentOf(bench, ms * 24) },
    { type: 'audioSent', responseId, sampleCount: ms },
    { type: 'clientEvent', event: { type: 'output_audio_buffer.clear' } },
  ];
  return choices[kind % choices.length] ?? { type: 'idled' };
}

/** A call sends no more than it has. */
function unsentOf(bench: SessionBench, atMost: number): number {
  const items = bench.state.playout?.[0]?.items ?? [];
  return Math.min(
    atMost,
    items.reduce((sum, { sent, total }) => sum + total - sent, 0),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** Reads the whole wire once and says what is wrong with it. */
function findViolations(events: readonly ServerEventBody[]): readonly string[] {
  const wrong: string[] = [];
  const active = new Map<unknown, { readonly writes: boolean }>();
  const ended = new Set<unknown>();
  const openItems = new Set<unknown>();
  let heard: string | undefined;
  for (const event of events) {
    const response = field(event, 'response');
    const responseId = field(event, 'response_id') ?? field(response, 'id');
    const itemId = field(field(event, 'item'), 'id');
    if (event.type.startsWith('output_audio_buffer.')) {
      if (event.type === 'output_audio_buffer.started') {
        if (heard !== undefined) wrong.push(`two responses are heard at once`);
        heard = String(responseId);
      } else if (heard === responseId) {
        heard = undefined;
      } else if (event.type === 'output_audio_buffer.stopped') {
        wrong.push(`${String(responseId)} stopped without having started`);
      }
      continue;
    }
    if (ended.has(responseId)) wrong.push(`${event.type} after the end of ${String(responseId)}`);
    if (event.type === 'response.created') {
      const writes = field(response, 'conversation_id') !== null;
      if (active.has(responseId)) wrong.push(`${String(responseId)} was created twice`);
      if (writes && [...active.values()].some((other) => other.writes)) wrong.push('overlap');
      active.set(responseId, { writes });
    } else if (event.type.startsWith('response.') && !active.has(responseId)) {
      wrong.push(`${event.type} outside of a response`);
    }
    if (event.type === 'response.done') {
      active.delete(responseId);
      ended.add(responseId);
      if (JSON.stringify(field(response, 'output')).includes('in_progress'))
        wrong.push('unfinished');
    }
    if (event.type === 'conversation.item.added') {
      if (openItems.has(itemId)) wrong.push(`${String(itemId)} was added twice`);
      openItems.add(itemId);
    }
    if (event.type === 'conversation.item.done' && !openItems.delete(itemId)) {
      wrong.push(`${String(itemId)} was done without being added`);
    }
  }
  if (heard !== undefined) wrong.push(`${heard} was heard without an end`);
  for (const id of active.keys()) wrong.push(`${String(id)} never ended`);
  for (const id of openItems) wrong.push(`${String(id)} was never done`);
  return wrong;
}

/** Reads what was asked of a recogniser and of the model, and says what is wrong with it. */
function findNeglect(effects: readonly Effect[]): readonly string[] {
  const wrong: string[] = [];
  const turns = new Map<string, 'begun' | 'ended' | 'cancelled'>();
  const asked = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'startResponse') {
      if (asked.has(effect.responseId)) wrong.push(`${effect.responseId} was asked for twice`);
      asked.add(effect.responseId);
    }
    if (effect.type === 'beginTranscription') {
      if (turns.has(effect.itemId)) wrong.push(`${effect.itemId} was begun twice`);
      turns.set(effect.itemId, 'begun');
    }
    if (effect.type === 'transcribeItem') {
      // A client may give the id of an item that it deleted to another one.
      if (turns.get(effect.itemId) === 'begun') wrong.push(`${effect.itemId} was begun twice`);
      turns.set(effect.itemId, 'ended');
    }
    if (effect.type === 'endTranscription') {
      if (turns.get(effect.itemId) !== 'begun') wrong.push(`${effect.itemId} ended out of turn`);
      turns.set(effect.itemId, 'ended');
    }
    if (effect.type === 'cancelTranscription') {
      if (['cancelled', undefined].includes(turns.get(effect.itemId)))
        wrong.push(`${effect.itemId} was cancelled out of turn`);
      turns.set(effect.itemId, 'cancelled');
    }
  }
  for (const [itemId, state] of turns) {
    if (state === 'begun') wrong.push(`${itemId} was left running`);
  }
  return wrong;
}

const moves = fc.array(
  fc.record({ kind: fc.nat(26), pick: fc.nat(5), ms: fc.integer({ min: 0, max: 400 }) }),
  { maxLength: 60 },
);

test.for([
  ['client', 'nobody', 'none', undefined],
  ['call', 'nobody', 'none', undefined],
  ['client', 'the model', 'model', undefined],
  ['client', 'a recogniser beside the model', 'recogniser', undefined],
  ['call', 'a recogniser before the model', 'recogniser', 3000],
] as const)(
  'whatever comes in whatever order, the promises of the wire hold when the %s plays and %s has the words',
  ([playedBy, , words, wordsWithinMs]) => {
    fc.assert(
      fc.property(moves, (sequence) => {
        const bench = new SessionBench(words, playedBy, wordsWithinMs);
        const known: string[] = [];
        for (const move of sequence) {
          const before = bench.effects.length;
          bench.take(chooseInput(bench, known, move));
          for (const effect of bench.effects.slice(before)) {
            if (effect.type === 'startResponse') known.push(effect.responseId);
          }
        }
        // The recogniser comes to its ends, and nothing waits for words any more.
        for (const { item } of bench.state.entries) {
          bench.take({ type: 'transcribed', itemId: item.id, text: 'words' });
        }
        expect(bench.state.responses.filter(({ held }) => held !== undefined)).toEqual([]);
        // The models come to their ends; one that waited for its turn may start another.
        while (bench.state.responses.length > 0) {
          for (const { id: responseId } of bench.state.responses) {
            bench.take({ type: 'responseEnded', responseId, outcome: { status: 'completed' } });
          }
        }
        while ((bench.state.playout ?? []).length > 0) bench.play(20);
        bench.client({ type: 'input_audio_buffer.clear' });

        expect(findNeglect(bench.effects)).toEqual([]);

        expect(findViolations(bench.sent)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  },
);

test('after the end nothing is sent, whatever still comes', () => {
  fc.assert(
    fc.property(moves, moves, (before, after) => {
      const bench = new SessionBench('none', 'call');
      for (const move of before) bench.take(chooseInput(bench, ['resp_1'], move));
      bench.take({ type: 'ended', code: 1000, reason: 'over' });
      const effects = bench.effects.length;
      for (const move of after) bench.take(chooseInput(bench, ['resp_1'], move));

      expect(bench.effects).toHaveLength(effects);
    }),
    { numRuns: 100 },
  );
});
