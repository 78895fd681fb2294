import { type Sayable, sayableNow } from '../../realtime/server/index.ts';
import { practiceAgent } from './practiceAgent.ts';

/** What can be said to the practice provider when nothing was said yet. */
export function practicePhrases(language: string | undefined): Sayable {
  return sayableNow({ items: [], ...(language !== undefined && { language }) }, practiceAgent);
}
