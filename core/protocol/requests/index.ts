export * from './approval.ts';
export * from './elicitation.ts';
export * from './permissionProfile.ts';
export * from './serverRequest.ts';
export * from './toolCall.ts';
