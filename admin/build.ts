/** Builds the shopkeeper's page when its build is missing or was made from other sources. */
import { fileURLToPath } from 'node:url'
import { buildPages, type PagesBuild } from '../local/build-pages.ts'

const build: PagesBuild = {
  name: 'the shopkeeper’s page',
  source: import.meta.dirname,
  sources: ['index.html', 'package.json', 'vite.config.ts', 'src'].map((name) => `admin/${name}`),
}

/** The folder that holds `admin/index.html`. */
export const adminPageFolder = `${import.meta.dirname}/dist`

/**
 * @returns the folder, and whether it had to be built
 * @throws Error with the builder's own words
 */
export function buildAdminPage(): Promise<{ folder: string; built: boolean }> {
  const apiBase = process.env.VITE_API_BASE ?? ''
  return buildPages(build, { folder: adminPageFolder, into: 'admin', mode: 'production', apiBase })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, built } = await buildAdminPage()
  console.log(`${folder} ${built ? 'built' : 'is up to date'}`)
}
