/** Types of install.mjs, which is plain JavaScript because it runs before anything is installed. */
export function installDependencies(root: string): Promise<void>
export function isInstalled(root: string): boolean
