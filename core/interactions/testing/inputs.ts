import type { Decider } from '../answerers.ts';
import { begin, type Effect, type Input, step } from '../step.ts';

export type Client = 'a' | 'b' | 'c';
export type In = Input<Client, string>;
export type Out = Effect<Client, string>;

/** Everything that happened, with the state it led to. */
export function run(deciders: readonly Decider[], inputs: readonly In[]) {
  let { state, effects } = begin<Client, string>(deciders);
  const done: Out[] = [...effects];
  for (const input of inputs) {
    ({ state, effects } = step<Client, string>(state, input));
    done.push(...effects);
  }
  const ends = done.flatMap((effect) => (effect.type === 'resolve' ? [effect.resolution] : []));
  return { state, effects: done, ends };
}

export const opened = (...present: readonly Client[]): In => ({
  type: 'opened',
  present: new Set(present),
  hasVoice: false,
});
export const openedWithVoice = (...present: readonly Client[]): In => ({
  type: 'opened',
  present: new Set(present),
  hasVoice: true,
});
export const joined = (client: Client, ...present: readonly Client[]): In => ({
  type: 'joined',
  client,
  present: new Set([...present, client]),
});
export const answered = (client: Client, response = client as string): In => ({
  type: 'clientAnswered',
  client,
  response,
});
export const out = (client: Client): In => ({
  type: 'clientOut',
  client,
  words: `${client} cannot`,
});
export const spoken = (response: string): In => ({
  type: 'voiceDecided',
  decision: { type: 'answer', response },
});
export const spokenNo: In = {
  type: 'voiceDecided',
  decision: { type: 'deny', words: 'not today' },
};
export const voice = (isThere: boolean): In => ({ type: 'voice', isThere });
const decided = (by: Decider, reply: Extract<In, { readonly type: 'decided' }>['reply']): In => ({
  type: 'decided',
  by,
  reply,
});
export const passes = (by: Decider): In => decided(by, { type: 'pass' });
export const allows = (by: Decider): In =>
  decided(by, { type: 'answer', response: `${by} says yes` });
export const denies = (by: Decider): In => decided(by, { type: 'deny', words: `${by} says no` });
export const fails = (by: Decider): In => decided(by, { type: 'fail', words: `${by} broke` });
export const part = { q: { answers: ['part'] } };
export const partly: In = { type: 'partlyAnswered', answers: part };
export const covered: In = { type: 'covered', answer: { response: 'implied', by: 'client' } };
export const patienceOver: In = { type: 'patienceOver' };

export const by = (answerer: Decider | 'client' | 'voice', response: string, known = {}) => ({
  type: 'answered' as const,
  response,
  by: answerer,
  known,
});
export const nobody = (words: string) => ({ type: 'nobody' as const, words });
export const NO_CLIENT = nobody('no client is connected to this thread');
