/** Types of lock.mjs, which is plain JavaScript because it runs before anything is installed. */
export function lockFile(file: string): Promise<() => void>
export function isAlive(pid: number): boolean
