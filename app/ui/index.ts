export { AssistantProvider } from './assistantContext.ts';
