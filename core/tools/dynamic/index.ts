export { checkDynamicTools, dynamicTools } from './dynamicTools.ts';
