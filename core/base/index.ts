export { assertNever } from './assertNever.ts';
export type { Clock, Timer } from './clock.ts';
export { Emitter, type EventMap, type Unsubscribe } from './emitter.ts';
export { type NewId, uuidV7 } from './ids.ts';
export { errorText, ProductError } from './productError.ts';
export { sleep, type StopSignal } from './sleep.ts';
