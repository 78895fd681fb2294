import { FunctionTool } from '../../protocol/index.ts';
import type { ItemSounds } from './audioStore.ts';
import type { ModelContext, ModelItem, HeardAudio } from '../models/index.ts';
import { type Effect, type Entry, messageText } from '../state/index.ts';

type Start = Extract<Effect, { type: 'startResponse' }>;

type Begin = Extract<Effect, { type: 'beginTranscription' }>;

/** What a recogniser may know of the conversation when a turn begins. */
export function describeConversation(
  { entries, session }: Pick<Begin, 'entries' | 'session'>,
  sounds: ItemSounds,
): ModelContext {
  const modality = session.outputModality;
  return describeContext({ items: entries, options: {}, session, modality }, sounds);
}

/** Reduces a conversation to what a model needs for its answer. */
export function describeContext(
  start: Pick<Start, 'items' | 'options' | 'session' | 'modality'>,
  sounds: ItemSounds,
): ModelContext {
  const { options, session } = start;
  const choice = options.tool_choice ?? session.toolChoice;
  const functions = (options.tools ?? session.tools).flatMap((tool) => {
    const described = FunctionTool.safeParse(tool);
    return described.success ? [described.data] : [];
  });
  const tools = functions.map(({ name }) => name);
  const language = session.input.transcription?.['language'];
  const forced = typeof choice === 'string' ? undefined : choice['name'];
  return {
    items: start.items.map((entry) => describeItem(entry, sounds)),
    instructions: options.instructions ?? session.instructions,
    ownInstructions: options.instructions !== undefined,
    model: session.model,
    tools: choice === 'none' ? [] : tools,
    functions: choice === 'none' ? [] : functions,
    mustCall: choice === 'required',
    ...(typeof forced === 'string' && tools.includes(forced) && { forcedTool: forced }),
    modality: start.modality,
    ...(typeof language === 'string' && { language }),
  };
}

function describeItem({ item, audioMs, words }: Entry, sounds: ItemSounds): ModelItem {
  switch (item.type) {
    case 'function_call': {
      const { name, arguments: given, call_id: callId = item.id } = item;
      return { type: 'call', callId, name, arguments: given };
    }
    case 'function_call_output':
      return { type: 'callOutput', callId: item.call_id, output: item.output };
    case 'message': {
      const heard =
        item.role === 'user' && item.content.some(({ type }) => type === 'input_audio')
          ? describeSound(audioMs, sounds.get(item.id))
          : undefined;
      return {
        type: 'message',
        role: item.role,
        text: words?.state === 'known' ? words.text : messageText(item.content),
        ...(heard !== undefined && { heard }),
      };
    }
  }
}

function describeSound(durationMs: number, samples: Int16Array | undefined): HeardAudio {
  return { durationMs, ...(samples !== undefined && { samples }) };
}
