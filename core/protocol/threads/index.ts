export * from './environment.ts';
export * from './fork.ts';
export * from './history.ts';
export * from './item.ts';
export * from './permissions.ts';
export * from './settings.ts';
export * from './thread.ts';
export * from './turn.ts';
