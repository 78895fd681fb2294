export { ThreadList } from './threadList.ts';
export { groupByDay, nameByFirstWords, noThreads, type Threads, withRow } from './threads.ts';
