export { initializeResponse } from './initializeResponse.ts';
