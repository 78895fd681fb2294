export * from './realtime.ts';
export * from './realtimeNotifications.ts';
