/** Where the pictures that are uploaded on this machine lie: beside the private database, which knows their paths. */
import { join } from 'node:path'
import { dataFolder } from './database/open-database.ts'

/** All of them. */
export function picturesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return `${dataFolder(env)}-pictures`
}

/** Those of one shop. @param name the database's */
export function pictureFolder(name: string): string {
  return join(picturesFolder(), name)
}
