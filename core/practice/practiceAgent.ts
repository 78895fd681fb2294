import type { PracticeAgent } from '../../realtime/server/index.ts';
import {
  BACKEND_PREFIX,
  BACKGROUND_AGENT_TOOL,
  readQuestion,
  REMAIN_SILENT_TOOL,
  REQUEST_FIELD,
  USER_PREFIX,
} from '../voice/agent/index.ts';
import { spokenTasks } from './model/index.ts';

/** What the practice voice knows of the agent behind it; the same words that real models are told. */
export const practiceAgent: PracticeAgent = {
  name: { en: "Parley's practice model", fr: "le modèle d'essai de Parley" },
  delegateTool: BACKGROUND_AGENT_TOOL,
  requestField: REQUEST_FIELD,
  silenceTool: REMAIN_SILENT_TOOL,
  typedPrefix: USER_PREFIX,
  reportPrefix: BACKEND_PREFIX,
  tasks: spokenTasks,
  readQuestion,
};
