import type { Clock } from '../../../core/base/index.ts';
import type { ModelContext, ModelOutput, RealtimeModel } from './realtimeModel.ts';
import type { RealtimeScript, ScriptStep } from './script.ts';
import {
  assess,
  createPracticeRealtimeModel,
  type PracticeModelPorts,
  type Situation,
} from './practice/index.ts';

type Rule = RealtimeScript['rules'][number];

/** A model that follows a script, for tests of clients; see `RealtimeScript` for what it may say. */
export function createScriptedRealtimeModel(
  script: RealtimeScript,
  ports: PracticeModelPorts,
): RealtimeModel {
  const spent = new Set<Rule>();
  const practice = createPracticeRealtimeModel(ports);
  const hears = script.rules.some(({ then }) =>
    then.some(({ transcript }) => transcript !== undefined),
  );
  // A rule for turns whose words are not known is to apply whatever a recogniser makes of them.
  const readsWords =
    !script.rules.some(({ when }) => when.audio === true) &&
    (script.fallback === 'practice' || script.rules.some(({ when }) => when.text !== undefined));
  return {
    hears,
    // A script that brings the words itself is not to be contradicted by a recogniser.
    ...(!hears && readsWords && { needsWords: practice.needsWords }),
    async *respond(context, signal) {
      const situation = assess(context, ports.agent);
      const rule = script.rules.find((each) => !spent.has(each) && applies(each.when, situation));
      if (rule === undefined) {
        yield* fallBack(script.fallback, practice, context, signal);
        return;
      }
      if (rule.once) spent.add(rule);
      for (const scripted of rule.then) {
        if (scripted.delayMs !== undefined) await pause(ports.clock, scripted.delayMs, signal);
        if (signal.aborted) return;
        const output = describeStep(scripted);
        if (output !== undefined) yield output;
      }
    },
  };
}

async function* fallBack(
  fallback: RealtimeScript['fallback'],
  practice: RealtimeModel,
  context: ModelContext,
  signal: AbortSignal,
): AsyncIterable<ModelOutput> {
  if (fallback === 'practice') yield* practice.respond(context, signal);
  if (fallback !== 'error') return;
  const message = 'No rule of the script applies here, and it names no fallback.';
  yield { type: 'fail', code: 'no_matching_rule', message };
}

function applies(when: Rule['when'], { typed, heard, results }: Situation): boolean {
  if (when.audio === true && heard === undefined) return false;
  if (when.toolOutput !== undefined) {
    const { toolOutput } = when;
    if (!results.some(({ name }) => toolOutput === 'any' || name === toolOutput)) return false;
  }
  if (when.text === undefined) return true;
  if (typed === undefined) return false;
  const { contains, matches } = when.text;
  return contains === undefined
    ? new RegExp(matches ?? '', 'iu').test(typed)
    : typed.toLowerCase().includes(contains.toLowerCase());
}

function describeStep(scripted: ScriptStep): ModelOutput | undefined {
  const { say, call, error, transcript, close, raw } = scripted;
  if (say !== undefined) return { type: 'say', text: say };
  if (call !== undefined) {
    const given = call.arguments;
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    return { type: 'call', name: call.name, arguments: text };
  }
  if (error !== undefined) return { type: 'fail', ...error };
  if (transcript !== undefined) return { type: 'heard', text: transcript };
  if (close !== undefined) return { type: 'close', ...close };
  return raw === undefined ? undefined : { type: 'raw', event: raw };
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(delayMs, resolve);
  const stop = (): void => {
    timer.cancel();
    resolve();
  };
  signal.addEventListener('abort', stop, { once: true });
  await promise;
  signal.removeEventListener('abort', stop);
}
