/** The event that ops hand to a function on the command line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeployError } from '../api/errors.ts'
import type { Framework } from '../provider/framework.ts'

/** The API's limit for a synchronous event. */
const limitBytes = 6 * 1024 * 1024

/**
 * JSON text from `--data`, from the file of `--path`, or `{}`.
 *
 * @throws DeployError when it is no JSON, or more than 6 MB
 */
export function readEvent(framework: Framework): string {
  const path = framework.text('path')
  const text =
    framework.text('data') ??
    (path === undefined ? '{}' : readFile(join(framework.service.directory, path), path))
  try {
    JSON.parse(text)
  } catch {
    throw new DeployError(
      `--${path === undefined ? 'data' : 'path'} is not JSON. Quote it for the shell: -d '{"seed":true}'.`,
    )
  }
  if (Buffer.byteLength(text) > limitBytes)
    throw new DeployError('The event has more than 6 MB, which the platform refuses.')
  return text
}

function readFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new DeployError(`--path ${name}: there is no such file.`)
  }
}

/** What a function returned, in lines when it is JSON. */
export function pretty(result: string): string {
  try {
    return JSON.stringify(JSON.parse(result), undefined, 2)
  } catch {
    return result
  }
}
