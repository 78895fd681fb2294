export {
  agentTools,
  BACKGROUND_AGENT_TOOL,
  REMAIN_SILENT_TOOL,
  REQUEST_FIELD,
} from './agentTools.ts';
export {
  delegatedRequest,
  followUpOf,
  NO_REQUEST_TEXT,
  outcomeText,
  requestOf,
  STEERED_TEXT,
  transcriptTail,
  withRequest,
} from './delegation.ts';
export { readDelegation } from './delegationText.ts';
export { inOneLine, QUESTION_OVER, readQuestion, writeQuestion } from './questionText.ts';
export {
  BACKEND_PREFIX,
  backendItem,
  backendMessage,
  type HandBack,
  typedMessage,
  USER_PREFIX,
} from './messages.ts';
