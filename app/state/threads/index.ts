export { ThreadList } from './threadList.ts';
export { groupByDay, type Threads } from './threads.ts';
