export { warmUpVoice } from './responseRunner.ts';
export { type JoinedLine, ServerSession, type SessionPorts } from './serverSession.ts';
