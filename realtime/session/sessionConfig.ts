import type { FunctionTool, RealtimeSessionUpdate, TurnDetection } from '../protocol/index.ts';

export const BACKGROUND_AGENT_TOOL = 'background_agent';
export const REMAIN_SILENT_TOOL = 'remain_silent';

/** Samples per second of PCM on the Realtime wire, both ways (realtime-v2 §21.2). */
export const REALTIME_SAMPLE_RATE_HZ = 24_000;

/** The two tools every conversational v2 session offers (realtime-v2 §4.1). */
const conversationTools: readonly FunctionTool[] = [
  {
    type: 'function',
    name: BACKGROUND_AGENT_TOOL,
    description:
      'Hands work to the background agent, which can think longer, use tools and look things up. ' +
      "Choose it whenever the user wants something done or found out; pass the user's own words on " +
      'unchanged. When the agent is idle this starts a task; when it is busy this guides the running ' +
      'task, or adds what should be done afterwards. You go on talking meanwhile.',
    parameters: {
      type: 'object',
      properties: {
        prompt: { type: 'string', description: "What the agent should do, in the user's words." },
      },
      required: ['prompt'],
      additionalProperties: false,
    },
  },
  {
    type: 'function',
    name: REMAIN_SILENT_TOOL,
    description:
      'Says nothing this time. Choose it when speaking would disturb: after hidden control ' +
      'messages, after updates while the user wants quiet, or when the user asks you not to answer.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
];

/** What happens to the voice when the user speaks into it: it stops, goes on, or stops by key only. */
export type Interruption = 'on' | 'off' | 'key';

export type SessionConfig = {
  /** May be empty; absent instructions never reach the wire (realtime-v2 §4.1). */
  readonly instructions: string;
  readonly outputModality: 'text' | 'audio';
  readonly interruption: Interruption;
  readonly voice: string;
};

/** Turn detection of the server (realtime-v2 §4.1); only `on` lets speech cut a response short. */
export function turnDetection(interruption: Interruption): TurnDetection {
  return {
    type: 'server_vad',
    interrupt_response: interruption === 'on',
    create_response: true,
    silence_duration_ms: 500,
  };
}

/** The `session.update` body of a v2 conversational session, field for field (realtime-v2 §4.1). */
export function conversationSession(config: SessionConfig): RealtimeSessionUpdate {
  const format = { type: 'audio/pcm', rate: REALTIME_SAMPLE_RATE_HZ } as const;
  return {
    type: 'realtime',
    instructions: config.instructions,
    output_modalities: [config.outputModality],
    audio: {
      input: {
        format,
        noise_reduction: { type: 'near_field' },
        transcription: { model: 'gpt-4o-mini-transcribe' },
        turn_detection: turnDetection(config.interruption),
      },
      output: { format, voice: config.voice },
    },
    tools: [...conversationTools],
    tool_choice: 'auto',
  };
}
