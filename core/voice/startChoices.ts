import { descriptionProblem } from '../../realtime/protocol/index.ts';
import type { ThreadRealtimeStartParams } from '../protocol/index.ts';
import type { HandBack } from './agent/index.ts';
import type { VoiceSettings } from './instructions.ts';
import type { VoiceMode } from './voiceMode.ts';
import { voiceProblem } from './voices.ts';

/** How the session is set to begin with. */
export function modeOf(params: ThreadRealtimeStartParams): VoiceMode {
  return {
    outputModality: params.outputModality,
    quiet: params.quiet ?? false,
    interruption: params.interruption ?? 'on',
    ...(typeof params.followUp === 'string' && { followUp: params.followUp }),
  };
}

/** How the agent's words come to the voice; nobody speaks in dictation. */
export function handBackOf(
  params: ThreadRealtimeStartParams,
  type: VoiceSettings['type'],
): HandBack {
  if (type === 'transcription' || params.clientManagedHandoffs === true) return { type: 'none' };
  if (params.codexResponsesAsItems !== true) return { type: 'spoken' };
  return { type: 'items', prefix: params.codexResponseItemPrefix ?? '' };
}

/** Whether undelegated words reach the text thread; what is dictated is meant for who dictates it. */
export function keepsTail(
  { flushTranscriptTailOnSessionEnd: isAsked }: ThreadRealtimeStartParams,
  type: VoiceSettings['type'],
): boolean {
  return isAsked ?? type === 'conversational';
}

/** Who chooses what speech does to the voice knows our protocol, and says what was heard. */
export function promisesReports({ interruption }: ThreadRealtimeStartParams): boolean {
  return interruption !== undefined && interruption !== null;
}

/**
 * The language that is spoken: the settings file's; else the client's word for it where the provider
 * has to know. One that finds out by itself is left to it: a browser in one language is spoken to in others.
 */
export function languageOf(
  { language }: ThreadRealtimeStartParams,
  settings: Pick<VoiceSettings, 'language' | 'hearsPhrases'>,
): string | undefined {
  return settings.language ?? (settings.hearsPhrases ? (language ?? undefined) : undefined);
}

/** Why a start cannot work, before anything is opened or posted. */
export function startProblem(
  params: ThreadRealtimeStartParams,
  configured: Pick<VoiceSettings, 'version' | 'voice' | 'voices'>,
): string | undefined {
  const { transport } = params;
  const version = params.version ?? configured.version;
  if (version !== 'v2') {
    const whence = version === params.version ? 'was asked for' : 'is set as realtime.version';
    return `Parley speaks realtime v2 only; ${version} ${whence}`;
  }
  if ((params.initialItems?.length ?? 0) > 0) {
    return 'initialItems require realtime v3, and Parley speaks v2; put the words into prompt instead';
  }
  const voice = params.voice ?? configured.voice;
  const silence = voice === undefined ? undefined : voiceProblem(voice, configured.voices);
  if (silence !== undefined) return silence;
  if (transport?.type === 'webrtc') return descriptionProblem(transport.sdp, 'offer');
  if (transport?.type === 'existingCall' && transport.callId.trim() === '') {
    return 'transport.callId is empty; it is the id of a call that runs at the provider';
  }
  return undefined;
}
