export type { ApprovalChoice, ApprovalRequest } from './approvalRequest.ts';
export { type ApprovalEntry, Approvals } from './approvals.ts';
export { type QuestionEntry, Questions, type QuestionsDeps } from './questions.ts';
