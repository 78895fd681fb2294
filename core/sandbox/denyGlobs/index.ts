export { findMatches, type Match } from './findMatches.ts';
