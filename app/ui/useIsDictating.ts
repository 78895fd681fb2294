import { isDictating } from '../state/voice/index.ts';
import { useAssistant } from './assistantContext.ts';
import { useStore } from './useStore.ts';

/** Whether what is said is only written down: nobody answers it, and nothing is spoken. */
export function useIsDictating(): boolean {
  const { voice } = useAssistant();
  return isDictating(useStore(voice.state), useStore(voice.facts));
}
