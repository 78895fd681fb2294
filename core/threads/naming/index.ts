export { ThreadName } from './threadName.ts';
