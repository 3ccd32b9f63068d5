/** The objects: each a file, and beside it what its upload said about it. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errors } from './errors.ts'

export interface ObjectFacts {
  /** Without a slash before it. */
  readonly key: string
  readonly type: string
  readonly bytes: number
  readonly etag: string
  /** ISO 8601. */
  readonly at: string
}

/** A folder of objects. `files` has them under their keys, so that a web server can show them. */
export class Objects {
  readonly files: string
  readonly #facts: string

  constructor(folder: string) {
    this.files = join(folder, 'files')
    this.#facts = join(folder, 'facts')
  }

  /** Stores an object. @throws CosError when one is there that must stay */
  async put(
    key: string,
    body: Buffer,
    { type, at, mayReplace }: { type: string; at: string; mayReplace: boolean },
  ): Promise<ObjectFacts> {
    const file = join(this.files, key)
    await mkdir(dirname(file), { recursive: true })
    try {
      await writeFile(file, body, { flag: mayReplace ? 'w' : 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw errors.exists()
      throw error
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`
    const facts = { key, type, bytes: body.length, etag, at }
    const note = join(this.#facts, `${key}.json`)
    await mkdir(dirname(note), { recursive: true })
    await writeFile(note, JSON.stringify(facts))
    return facts
  }

  /** An object's facts. @throws CosError when it is not there */
  async find(key: string): Promise<ObjectFacts> {
    const text = await readFile(join(this.#facts, `${key}.json`), 'utf8').catch(() => undefined)
    if (text === undefined) throw errors.noSuchKey()
    return JSON.parse(text) as ObjectFacts
  }

  /** An object's bytes. */
  read(key: string): Promise<Buffer> {
    return readFile(join(this.files, key))
  }

  /** All of them, newest first. */
  async list(): Promise<ObjectFacts[]> {
    const names = await readdir(this.#facts, { recursive: true }).catch(() => [] as string[])
    const keys = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
    const found = await Promise.all(keys.map((key) => this.find(key)))
    return found.sort((a, b) => (a.at < b.at ? 1 : -1))
  }
}
