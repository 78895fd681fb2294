export { type ErrorBody, type Refusal, invalidRequest } from './errorBody.ts';
export { type Refused, refuse, refuseEvent } from './refusal.ts';
