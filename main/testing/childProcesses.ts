import { execFileSync } from 'node:child_process';

type Row = { readonly pid: number; readonly parent: number };

/** The processes there are; one that has ended and that nobody has asked about is none. */
function processes(): readonly Row[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [pid, parent, state = 'Z'] = line.trim().split(/\s+/u);
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

/** The processes that a process has started and that run. */
export function childPidsOf(pid: number): readonly number[] {
  return processes().flatMap((row) => (row.parent === pid ? [row.pid] : []));
}

export function isRunning(pid: number): boolean {
  return processes().some((row) => row.pid === pid);
}
