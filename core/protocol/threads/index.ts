export * from './item.ts';
export * from './permissions.ts';
export * from './settings.ts';
export * from './thread.ts';
export * from './turn.ts';
