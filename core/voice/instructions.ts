import { shortened } from '../base/index.ts';
import type { ThreadRealtimeStartParams, TimelineEntry } from '../protocol/index.ts';
import type { Conversation } from '../threads/index.ts';
import type { ModelAdvice } from './goneModels.ts';
import type { ProviderVoices } from './voices.ts';

/** What the configuration says about voice; requests win over it (realtime-v2 §19.25). */
export type VoiceSettings = {
  /** Only v2 exists here; a start is refused with another, unless it names v2 itself. */
  readonly version: 'v1' | 'v2' | 'v3';
  /** A conversation, or dictation: what is said is written down, and nobody answers. */
  readonly type: 'conversational' | 'transcription';
  readonly model: string;
  /** Writes down the user's words; empty leaves it to the server. */
  readonly transcriptionModel: string;
  /** What the user speaks, as a tag; undefined = the server finds out. */
  readonly language: string | undefined;
  /**
   * The provider understands a set of phrases only: it has to know the language, for which the client's
   * word will do, and it tells what can be said.
   */
  readonly hearsPhrases: boolean;
  /** Empty leaves it to the server. */
  readonly voice: string | undefined;
  readonly voices: ProviderVoices;
  /** undefined = the voice's own pace. */
  readonly speed: number | undefined;
  readonly prompt: string | undefined;
  /** Text = verbatim, "" = none, undefined = what was said in the thread so far. */
  readonly startupContext: string | undefined;
  readonly startInstructions: string | undefined;
  readonly modelAdvice: ModelAdvice;
  readonly userName: string | undefined;
};

const CONTEXT_LIMIT_CHARS = 4_800;
const LINE_LIMIT_CHARS = 1_200;
const SUMMARY_LIMIT_CHARS = 2_400;

/**
 * What a session at the provider begins with (realtime-v2 §5); after a drop also what was said in the
 * voice conversation so far, because a session that goes on needs to know itself.
 */
export function sessionInstructions(
  request: Pick<ThreadRealtimeStartParams, 'prompt' | 'includeStartupContext'>,
  settings: VoiceSettings,
  timeline: readonly TimelineEntry[],
  after: 'start' | 'drop',
): string {
  const isWanted = request.includeStartupContext !== false;
  const given = isWanted ? settings.startupContext : undefined;
  const parts = [promptOf(request, settings), given];
  if (isWanted && given === undefined) parts.push(startupContext(timeline));
  else if (after === 'drop') parts.push(startupContext(sinceVoiceBegan(timeline)));
  return joinInstructions(parts);
}

/** The request's own prompt wins; null and "" mean none; absent means configuration or template. */
function promptOf(
  { prompt }: Pick<ThreadRealtimeStartParams, 'prompt'>,
  settings: VoiceSettings,
): string {
  if (prompt !== undefined) return prompt ?? '';
  const configured = settings.prompt?.trim() ?? '';
  return configured === '' ? defaultPrompt(settings.userName) : configured;
}

function sinceVoiceBegan(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return timeline.slice(
    timeline.findLastIndex(
      (entry) => entry.type === 'realtime' && entry.item.type === 'realtimeSessionStarted',
    ),
  );
}

/** The built-in instructions of the voice model (realtime-v2 §5); `userName` is what the user is called, if known. */
function defaultPrompt(userName: string | undefined): string {
  const name = userName === undefined ? '' : ` The user's name is ${userName}; use it rarely.`;
  return `You are Parley, the voice of one assistant that has two halves: you listen and talk, and a background agent does the work. To the user there is only one of you.${name}

Talking
- Be warm, brief and natural. Answer small talk and simple questions at once, in one or two sentences.
- Say only what helps. Skip filler, and do not repeat what the user just said.
- When the user asks for shorter or longer answers, keep to that for the whole conversation.

Work
- Anything that takes looking up, reading, computing, changing or checking is work. Hand it to background_agent in the user's own words; do not refuse it, do not guess its result.
- Tell the user in a few words that it is under way, then go on talking. A running task can be changed: hand over the new wish in the same way.
- Messages that begin with [BACKEND] come from the agent. Treat them as right. When the tool call is answered, the task is over.
- Give results as their gist: what was found or done, and what is open. Never read out code, tables, long lists or paths; say that they are on the screen.

Other messages
- Messages that begin with [USER] were typed by the user. Treat them like speech, but take names and numbers in them letter by letter.
- When speaking would disturb, call remain_silent instead of answering.`;
}

/**
 * Of a conversation, what a session may hear: the newest entries, as many as it is told, and before them the newest
 * summary and the beginning of the voice session. No others have to be read for it.
 */
export function recentTalk(
  conversation: Pick<Conversation, 'newestFirst' | 'newestItems' | 'voiceBeginning'>,
): readonly TimelineEntry[] {
  const recent: TimelineEntry[] = [];
  let length = 0;
  for (const entry of conversation.newestFirst()) {
    for (const line of lineOf(entry)) length += line.length + 1;
    recent.push(entry);
    if (length > CONTEXT_LIMIT_CHARS || summaryIn(entry) !== '') break;
  }
  const from = recent.at(-1)?.position ?? 0;
  const earlier = [newestSummary(conversation), conversation.voiceBeginning]
    .flatMap((entry) => (entry !== undefined && entry.position < from ? [entry] : []))
    .toSorted((left, right) => left.position - right.position);
  return [...earlier, ...recent.toReversed()];
}

function newestSummary(conversation: Pick<Conversation, 'newestItems'>): TimelineEntry | undefined {
  for (const entry of conversation.newestItems('contextCompaction')) {
    if (summaryIn(entry) !== '') return entry;
  }
  return undefined;
}

/** What the session hears of the thread it belongs to; undefined when there is nothing to tell. */
function startupContext(timeline: readonly TimelineEntry[]): string | undefined {
  const { summary, since } = summarisedTimeline(timeline);
  const lines = since.flatMap(lineOf);
  const kept: string[] = [];
  let length = summary?.length ?? 0;
  for (const line of lines.toReversed()) {
    length += line.length + 1;
    if (length > CONTEXT_LIMIT_CHARS) break;
    kept.unshift(line);
  }
  if (summary !== undefined) kept.unshift(summary);
  if (kept.length === 0) return undefined;
  return [
    '<startup_context>',
    'What was said in this conversation before. It may be out of date; do not recite it.',
    ...kept,
    '</startup_context>',
  ].join('\n');
}

/** The newest summary stands for all that was said before it. */
function summarisedTimeline(timeline: readonly TimelineEntry[]): {
  readonly summary: string | undefined;
  readonly since: readonly TimelineEntry[];
} {
  const at = timeline.findLastIndex((entry) => summaryIn(entry) !== '');
  const entry = timeline[at];
  if (entry === undefined) return { summary: undefined, since: timeline };
  const summary = `Summary of what came before: ${shortened(summaryIn(entry), SUMMARY_LIMIT_CHARS)}`;
  return { summary, since: timeline.slice(at + 1) };
}

function summaryIn(entry: TimelineEntry): string {
  if (entry.type !== 'item' || entry.item.type !== 'contextCompaction') return '';
  return entry.item.summary ?? '';
}

function lineOf(entry: TimelineEntry): readonly string[] {
  if (entry.type === 'realtime') {
    if (entry.item.type !== 'transcriptSegment' || entry.item.text === '') return [];
    return [spoken(entry.item.role === 'user' ? 'User' : 'Assistant', entry.item.text)];
  }
  if (entry.type !== 'item') return [];
  const { item } = entry;
  if (item.type === 'agentMessage') return [spoken('Assistant', item.text)];
  if (item.type !== 'userMessage') return [];
  return item.content.flatMap((part) => (part.type === 'text' ? [spoken('User', part.text)] : []));
}

function spoken(who: string, text: string): string {
  return `${who}: ${shortened(text, LINE_LIMIT_CHARS)}`;
}

/** The parts of the instructions, with a blank line between those that are there (realtime-v2 §5). */
function joinInstructions(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

const note = (text: string): string => `<realtime_conversation>\n${text}\n</realtime_conversation>`;

/** What the text model is told when a voice session has begun (realtime-v2 §14). */
export function voiceStartedNote(instructions: string | undefined): string {
  return note(
    instructions ??
      'The user is now talking by voice. A voice model stands between you and the user: it passes requests on and speaks your results. Transcripts may hold recognition mistakes and lack punctuation. Decide whether there is work to do, do it, and report briefly; your messages are read out in short.',
  );
}

/** What the text model is told when the voice session is over. */
export function voiceEndedNote(instructions: string | undefined): string {
  return note(
    instructions ??
      'The voice session has ended. What follows is typed by the user; answer in writing and in your usual style.',
  );
}
