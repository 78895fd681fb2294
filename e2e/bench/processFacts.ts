import { readdir, readFile } from 'node:fs/promises';

/** Linux counts CPU time in these. */
const TICK_MS = 10;
const KB_PER_MB = 1024;

/** CPU time a process has used so far, all threads. Linux only. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; user and system time are the 12th and 13th behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

const NS_PER_MS = 1e6;

/** CPU time of each thread a process has, in nanoseconds. Linux only. */
export type ThreadTimes = ReadonlyMap<string, number>;

/** For what takes less than a second, of which the ticks of `cpuMsOf` are too large a part. */
export async function threadTimesOf(pid: number): Promise<ThreadTimes> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder);
  const times = await Promise.allSettled(
    threads.map(async (thread): Promise<[string, number]> => {
      const schedstat = await readFile(`${folder}/${thread}/schedstat`, 'utf8');
      return [thread, Number(schedstat.split(' ')[0])];
    }),
  );
  // One that has ended meanwhile is left out.
  return new Map(times.flatMap((time) => (time.status === 'fulfilled' ? [time.value] : [])));
}

/** What a process used in between; the last moments of threads that ended are not in it. */
export function cpuMsBetween(before: ThreadTimes, after: ThreadTimes): number {
  let sumNs = 0;
  for (const [thread, ns] of after) sumNs += ns - (before.get(thread) ?? 0);
  return sumNs / NS_PER_MS;
}

/** Resident memory of a process. Linux only. */
export async function memoryMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? Number.NaN) / KB_PER_MB;
}
