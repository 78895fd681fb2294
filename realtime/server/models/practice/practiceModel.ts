import type { Clock } from '../../../../core/base/index.ts';
import { measureLevel, msToSamples } from '../../../audio/index.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import type {
  HeardAudio,
  ModelContext,
  ModelItem,
  ModelOutput,
  RealtimeModel,
} from '../realtimeModel.ts';
import { languageOf } from './language.ts';
import { openQuestion, type OpenQuestion } from './openQuestion.ts';
import { speakable } from './speakable.ts';
import { answerTyped, greet } from './practiceAnswers.ts';
import { type AnswerSetting, delegateCall, sentencesFor } from './rules.ts';
import { sayableNow } from './sayable.ts';
import { assess, type Situation, type ToolResult } from './situation.ts';

const PLAYED_BACK_MS = 10_000;
/** How long an answer waits for the words of a turn. Late on a machine that is busy elsewhere, they are worth more than a guess. */
const WORDS_WITHIN_MS = 25_000;
/** A turn whose loudest sample stays below this share of full scale is called silence. */
const SILENT_PEAK = 0.005;
const FRAME_MS = 20;
/** Frames below this share of the loudest one do not count as speech. */
const QUIET_SHARE = 0.1;
/** A result up to this length is read out whole. */
const SHORT_RESULT_CHARS = 300;
/** What a message bids the voice do with it is not for the user's ears. */
const BIDDING = /\s(?:Ask|Tell) the user .*$/su;

export type PracticeModelPorts = { readonly clock: Clock; readonly agent: PracticeAgent };

/**
 * The model of the practice provider: deterministic, and honest about being no language model. It
 * answers simple requests, typed or known to have been said, and hands work on when told to.
 */
export function createPracticeRealtimeModel({ clock, agent }: PracticeModelPorts): RealtimeModel {
  return {
    hears: false,
    needsWords: { withinMs: WORDS_WITHIN_MS },
    async *respond(context) {
      yield* answer(context, agent, new Date(clock.nowMs()));
    },
    phrases: (context) => sayableNow(context, agent),
  };
}

function answer(context: ModelContext, agent: PracticeAgent, now: Date): readonly ModelOutput[] {
  const ordered = /\bsay exactly:?\s*(?<words>\S.*)$/isu.exec(context.instructions);
  if (context.ownInstructions && ordered?.groups?.['words'] !== undefined) {
    return [say(ordered.groups['words'].replaceAll(/^["“]|["”]\s*$/gu, ''))];
  }
  const situation = assess(context, agent);
  if (context.forcedTool !== undefined && situation.results.length === 0) {
    return [callForced(context.forcedTool, situation, agent)];
  }
  const setting: AnswerSetting = {
    now,
    agent,
    tools: context.tools,
    language: languageOf(context),
    isAloud: context.modality === 'audio',
    isAgentBusy: situation.isAgentBusy,
    toPlayBack: () => echo(context),
  };
  const told = situation.results.flatMap((result) => tellResult(result, agent));
  const answered = answerTurn(situation, setting, openQuestion(context, agent));
  if (told.length > 0 || answered.length > 0) return [...told, ...answered];
  // A silent call was closed, or hidden control text came: nothing is to be said about either.
  if (situation.results.length > 0) return [];
  if (situation.report !== undefined) return [say(takeaway(situation.report))];
  if (isQuiet(situation)) return [];
  return context.items.length === 0 ? greet(setting) : [say('I have nothing new to say.')];
}

function isQuiet({ controlled, typed, heard }: Situation): boolean {
  return controlled || typed !== undefined || heard !== undefined;
}

function answerTurn(
  { typed, heard, pictured }: Situation,
  setting: AnswerSetting,
  question: OpenQuestion | undefined,
): readonly ModelOutput[] {
  if (pictured) return [say('I am only a practice model and cannot look at pictures.')];
  if (typed !== undefined) return answerTyped(typed, setting, question);
  if (heard === undefined) return [];
  const words = sentencesFor(setting, setting.language);
  return [say(isSilent(heard) ? words.silence : words.unknownSpeech)];
}

function isSilent({ samples }: HeardAudio): boolean {
  return samples === undefined || measureLevel(samples).peak < SILENT_PEAK;
}

/** The user's voice: of the spoken turn before the one that asks for it, else of that one itself. */
function echo({ items, modality }: ModelContext): readonly ModelOutput[] | undefined {
  const spoken = items.filter(
    (item): item is ModelItem & { type: 'message' } =>
      item.type === 'message' && item.heard !== undefined && !isSilent(item.heard),
  );
  const isAsking = items.findLast(isUserMessage) === spoken.at(-1);
  const heard = ((isAsking ? spoken.at(-2) : undefined) ?? spoken.at(-1))?.heard;
  if (heard?.samples === undefined) return undefined;
  if (modality === 'text') {
    return [say(`I can play that back only aloud. It was ${seconds(heard)} seconds of speech.`)];
  }
  const played = heard.samples.subarray(0, msToSamples(PLAYED_BACK_MS));
  const cut = played.length < heard.samples.length ? ' the first ten seconds of' : '';
  return [say(`Here is${cut} what you said.`), { type: 'playBack', samples: played }];
}

const isUserMessage = (item: ModelItem): boolean => item.type === 'message' && item.role === 'user';

/** How long the user spoke: a turn also holds the quiet before and after. */
function seconds({ samples, durationMs }: HeardAudio): string {
  const spokenMs = samples === undefined ? durationMs : measureSpeechMs(samples);
  return (spokenMs / 1000).toFixed(1);
}

function measureSpeechMs(samples: Int16Array): number {
  const frameSamples = msToSamples(FRAME_MS);
  const levels: number[] = [];
  for (let start = 0; start < samples.length; start += frameSamples) {
    levels.push(measureLevel(samples.subarray(start, start + frameSamples)).rms);
  }
  const quiet = Math.max(...levels) * QUIET_SHARE;
  const first = levels.findIndex((level) => level > quiet);
  const last = levels.findLastIndex((level) => level > quiet);
  return first < 0 ? 0 : (last - first + 1) * FRAME_MS;
}

function tellResult(
  { name, output, reports }: ToolResult,
  { silenceTool, delegateTool }: PracticeAgent,
): readonly ModelOutput[] {
  if (name === silenceTool) return [];
  if (name !== delegateTool) {
    return [say(output === '' ? `${name} is done.` : `${name} says: ${takeaway(output)}`)];
  }
  if (tellsFailure(output)) return [say(`The agent did not finish. ${takeaway(output)}`)];
  const report = reports.at(-1);
  if (report !== undefined) return [say(takeaway(report))];
  return [say(output === '' ? 'The agent is done.' : takeaway(output))];
}

function tellsFailure(output: string): boolean {
  return /\b(?:fail(?:ed|s|ure)?|errors?|interrupted|cancell?ed|aborted|could not|timed out|refused)\b/iu.test(
    output,
  );
}

/** A short text whole, of a long one its first sentences; what can only be read is left out. */
function takeaway(text: string): string {
  const whole = speakable(text.replace(BIDDING, ''));
  if (whole.length <= SHORT_RESULT_CHARS) return whole;
  const start = whole.slice(0, SHORT_RESULT_CHARS);
  const sentences = /^.*[.!?](?=\s)/su.exec(start)?.[0] ?? start.replace(/\s+\S*$/u, '');
  return `${sentences} The rest is in the written result.`;
}

function callForced(name: string, { typed }: Situation, agent: PracticeAgent): ModelOutput {
  if (name === agent.delegateTool) return delegateCall(typed ?? '', agent);
  return { type: 'call', name, arguments: '{}' };
}

function say(text: string): ModelOutput {
  return { type: 'say', text };
}
