export { initializeResponse, linuxName } from './initializeResponse.ts';
