export { assertNever } from './assertNever.ts';
export type { Clock, Timer } from './clock.ts';
export { shortened, textHead, textTail } from './cutText.ts';
export { Emitter, type EventMap, type Unsubscribe } from './emitter.ts';
export { Heartbeat, SILENCE_LIMIT_MS } from './heartbeat.ts';
export { type NewId, uuidV7 } from './ids.ts';
export { depthProblem, parseJson } from './json.ts';
export { errorText, hasCode, ProductError } from './productError.ts';
export { sleep, type StopSignal } from './sleep.ts';
