import { createContext, use } from 'react';

import type { Assistant } from '../state/index.ts';

const AssistantContext = createContext<Assistant | undefined>(undefined);

export const AssistantProvider = AssistantContext.Provider;

export function useAssistant(): Assistant {
  const assistant = use(AssistantContext);
  if (assistant === undefined) throw new Error('Used outside of AssistantProvider.');
  return assistant;
}
