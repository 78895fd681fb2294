export { FakeClient, FakeDesk } from './fakeDesk.ts';
export * from './inputs.ts';
export * from './room.ts';
