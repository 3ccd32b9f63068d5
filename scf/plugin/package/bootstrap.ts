/** `scf_bootstrap`: how the platform starts a web function. */

/** The Node binary of a runtime: `Nodejs20.19` has `/var/lang/node20/bin/node`. */
export function nodeBinary(runtime: string): string {
  const major = /^Nodejs(\d+)\./.exec(runtime)?.[1] ?? '20'
  return `/var/lang/node${major}/bin/node`
}

/** The script's text: LF line ends, and `exec` so that SIGTERM reaches the server itself. */
export function bootstrapScript(runtime: string): string {
  return `#!/bin/bash\ncd "$(dirname "$0")"\nexec ${nodeBinary(runtime)} server.js "$@"\n`
}
