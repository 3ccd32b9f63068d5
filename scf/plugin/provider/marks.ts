/**
 * What we write into the descriptions of functions, versions and aliases, and read back: whose it is, which code it
 * has, and how the traffic came to be where it is. The platform allows letters, digits, spaces, commas and full
 * stops there. It does not count towards the 4 KB of the environment, and changes together with the thing it describes.
 */
import { createHash } from 'node:crypto'
import type { FunctionId } from '../api/wait.ts'
import type { ShopService } from './service.ts'

/** Says that this service and stage deployed a function of this name. */
export function ownerOf(service: Pick<ShopService, 'name' | 'stage'>, functionName: string): string {
  return createHash('sha256')
    .update(`${service.name}/${service.stage}/${functionName}`)
    .digest('hex')
    .slice(0, 16)
}

/**
 * The description of a function.
 *
 * @param code - the SHA-256 of our zip
 * @param hasUrl - whether its function URL is ours: the platform names URLs by itself, so their names do not tell
 */
export function functionMark(
  service: ShopService,
  { key, FunctionName }: FunctionId,
  code: string,
  hasUrl: boolean,
): string {
  const title = `${service.name} ${service.stage} ${key}`.replace(/[^A-Za-z0-9 ]/g, ' ')
  return `${title}, owner ${ownerOf(service, FunctionName)}, code ${code}${hasUrl ? ', url' : ''}`
}

/** Whether the description says that the function URL is ours. */
export function isUrlOurs(description: string | undefined | null): boolean {
  return /, url$/.test(description ?? '')
}

/** Whether the description says that this service and stage deployed the function. */
export function isOurs(service: ShopService, functionName: string, description: string | undefined): boolean {
  return (description ?? '').includes(`owner ${ownerOf(service, functionName)},`)
}

/** The SHA-256 of the zip that a function or a version was made of, when we made it. */
export function codeIn(description: string | undefined | null): string | undefined {
  return /\bcode ([0-9a-f]{64})\b/.exec(description ?? '')?.[1]
}

/** The description of a published version. */
export function versionMark(release: string, code: string): string {
  return `release ${release}, code ${code}`
}

/** The release in which a version was published. */
export function releaseIn(description: string | undefined | null): string | undefined {
  return /\brelease (\d{17})\b/.exec(description ?? '')?.[1]
}

/** One move of the traffic: in which release, and from which version (0 when there was none). */
export interface Move {
  readonly release: string
  readonly from: number
}

/** What the description of `$DEFAULT` says. */
export interface TrafficMark {
  /** The release that sends a share to another version at the moment. */
  readonly canary: string | undefined
  /** Latest move first. */
  readonly moves: readonly Move[]
  /** The newest release that a rollback took back: no deploy sends it, or an older one, out again unasked. */
  readonly back?: string | undefined
}

/** As many moves as versions are kept. */
const movesKept = 5

export function trafficMark({ canary, moves, back }: TrafficMark): string {
  const parts = moves.slice(0, movesKept).map(({ release, from }) => `release ${release} from ${from}`)
  return [
    ...(canary === undefined ? [] : [`canary ${canary}`]),
    ...(back === undefined ? [] : [`back ${back}`]),
    ...parts,
  ].join(', ')
}

export function parseTrafficMark(description: string | undefined | null): TrafficMark {
  const text = description ?? ''
  const moves = [...text.matchAll(/\brelease (\d{17}) from (\d+)/g)]
  return {
    canary: /\bcanary (\d{17})\b/.exec(text)?.[1],
    moves: moves.map(([, release = '', from]) => ({ release, from: Number(from) })),
    back: /\bback (\d{17})\b/.exec(text)?.[1],
  }
}

/** The newest of some releases, of which any may be missing. */
export function newestRelease(...releases: readonly (string | undefined)[]): string | undefined {
  return releases
    .filter((release) => release !== undefined)
    .sort()
    .at(-1)
}

/** A new release's name: the time in UTC to the millisecond, so that names sort by age. */
export function newRelease(now = new Date()): string {
  return now.toISOString().replace(/\D/g, '')
}
