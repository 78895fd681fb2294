export { App } from './App.tsx';
export { AssistantProvider } from './assistantContext.ts';
