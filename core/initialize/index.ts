export { initializeResponse, providerUserAgent } from './initializeResponse.ts';
