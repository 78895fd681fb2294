import type { SessionUpdate } from '../../protocol/index.ts';
import { decodeClientEvent } from '../lines/index.ts';
import { refuse, refuseEvent, type Refused } from '../errors/index.ts';
import { newSession, type SessionObject } from './sessionConfig.ts';
import { type MergeRules, mergeSession } from './sessionUpdate.ts';

/** What somebody asked of a session before it began. */
export type RequestedSession = {
  readonly kind: 'requested';
  readonly model: string | undefined;
  /** As in `session.update`, and checked like one. */
  readonly update: SessionUpdate | undefined;
};

export type SessionOrder = {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly type?: 'realtime' | 'transcription';
  /** The last one that names a model decides it; settings are applied in this order. */
  readonly requests: readonly RequestedSession[];
  readonly voices: MergeRules['voices'];
};

export const NOTHING_REQUESTED: RequestedSession = {
  kind: 'requested',
  model: undefined,
  update: undefined,
};

/** The model an address names, if it names one. */
export function requestedModel(url: URL): RequestedSession {
  const model = url.searchParams.get('model') ?? '';
  return { ...NOTHING_REQUESTED, model: model === '' ? undefined : model };
}

/** Reads the session of a request; refused is what any server would refuse, and the rest where it is made. */
export function readSession(given: unknown): RequestedSession | Refused {
  if (given === undefined) return NOTHING_REQUESTED;
  const frame = decodeClientEvent({ type: 'session.update', session: given });
  if (frame.kind === 'rejected') return refuseEvent(frame.error);
  if (frame.kind !== 'event' || frame.event.type !== 'session.update') return NOTHING_REQUESTED;
  const update = frame.event.session;
  const merge = mergeSession(newSession('unborn', '', 0), update, {
    voices: undefined,
    voiceFixed: false,
  });
  if (merge.kind === 'refused') return refuseEvent(merge.error);
  const model = 'model' in update ? update['model'] : undefined;
  return {
    kind: 'requested',
    update,
    model: typeof model === 'string' && model !== '' ? model : undefined,
  };
}

/** Makes the session of a request. Without a model there is none, except for transcription. */
export function makeSession({
  id,
  expiresAtMs,
  type,
  requests,
  voices,
}: SessionOrder): SessionObject | Refused {
  const model = requests.findLast((requested) => requested.model !== undefined)?.model;
  let session: SessionObject = {
    ...newSession(id, model ?? '', expiresAtMs),
    ...(type !== undefined && { type }),
  };
  for (const { update } of requests) {
    if (update === undefined) continue;
    const merge = mergeSession(session, update, { voices, voiceFixed: false });
    if (merge.kind === 'refused') return refuseEvent(merge.error);
    ({ session } = merge);
  }
  // Dictation names its model with its sound, if any.
  if (model !== undefined || session.type === 'transcription') return session;
  const message =
    'You must provide a model parameter: as "model" of the session, or as "?model=NAME".';
  return refuse(400, 'missing_model', message, 'model');
}
