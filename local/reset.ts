/** `npm run reset`: wipes the private database and the uploaded pictures; the next `npm start` makes a new one with the demo catalogue. */
import { rmSync } from 'node:fs'
import { dataFolder, endPrivateDatabase } from './database/open-database.ts'
import { endReplicated, replicatedFolder } from './database/open-replicated.ts'
import { picturesFolder } from './pictures.ts'

try {
  for (const engine of ['default', 'mysql'] as const) {
    const folder = dataFolder(process.env, engine)
    await endPrivateDatabase(folder)
    rmSync(folder, { recursive: true, force: true })
    await endReplicated(engine)
    rmSync(replicatedFolder(engine), { recursive: true, force: true })
  }
  rmSync(picturesFolder(), { recursive: true, force: true })
  console.log('The private database is gone; npm start makes a new one.')
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
