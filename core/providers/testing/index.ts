export { type RefusingServer, startRefusingServer } from './refusingServer.ts';
