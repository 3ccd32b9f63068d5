/** One function's zip: the bundle, and for a web function the server that calls it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeployError } from '../api/errors.ts'
import type { ShopFunction } from '../provider/service.ts'
import { bootstrapScript } from './bootstrap.ts'
import { makeZip, sha256, type ZipEntry } from './zip.ts'

export interface Artifact {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** The update API takes 20 MB; its request body, with base64, about 10 MB. Our bundles are far below both. */
export const zipLimit = 20 * 1024 * 1024

/**
 * Zips the bundle of one function into `<folder>/<function>.zip`.
 *
 * @param server - the bundled HTTP server for web functions
 * @throws DeployError when the zip is too large to upload
 */
export function writeArtifact(
  fn: ShopFunction,
  bundle: Uint8Array,
  server: Uint8Array,
  folder: string,
): Artifact {
  const entries: ZipEntry[] = [{ name: 'index.js', content: bundle, mode: 0o644 }]
  if (fn.type === 'web') {
    entries.push({ name: 'server.js', content: server, mode: 0o644 })
    entries.push({ name: 'scf_bootstrap', content: bootstrapScript(fn.runtime), mode: 0o755 })
  }
  mkdirSync(folder, { recursive: true })
  const path = artifactPath(folder, fn)
  writeFileSync(path, makeZip(entries))
  return readArtifact(fn, folder)
}

export function artifactPath(folder: string, { key }: ShopFunction): string {
  return join(folder, `${key}.zip`)
}

/** @throws DeployError when the zip is missing or too large to upload */
export function readArtifact(fn: ShopFunction, folder: string): Artifact {
  const path = artifactPath(folder, fn)
  const content = readZip(path, fn.key)
  if (content.length > zipLimit) {
    throw new DeployError(
      `${fn.key}: the zip has ${size(content.length)}, the platform takes 20 MB.\nSee what the bundle imports: ${path}.`,
    )
  }
  return { path, bytes: content.length, sha256: sha256(content) }
}

function readZip(path: string, key: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw new DeployError(`${key}: no zip at ${path}.\nRun serverless package first.`)
  }
}

/** `12.3 KB`, for people. */
export function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
