/** Looks at other processes, for tests of what starts and ends them. */
import { execFileSync } from 'node:child_process'
import { isAlive } from '../../local/lock.mjs'

export type ProcessEntry = { pid: number; parent: number; command: string }

/** All processes below one, its children first. */
export function descendantsOf(pid: number): ProcessEntry[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 16 << 20 })
    .split('\n')
    .flatMap((line) => {
      const [, id, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return id ? [{ pid: Number(id), parent: Number(parent), command }] : []
    })
  const below = (parent: number): ProcessEntry[] => {
    const children = all.filter((entry) => entry.parent === parent)
    return [...children, ...children.flatMap((child) => below(child.pid))]
  }
  return below(pid)
}

/** Waits until none of these processes runs; the test's own time limit ends the wait. */
export async function untilGone(pids: number[]): Promise<void> {
  while (pids.some((pid) => isAlive(pid))) await new Promise((resolve) => setTimeout(resolve, 20))
}
