/** Builds the shopkeeper's page when its build is missing or was made from other sources. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPages, type PagesBuild } from '../local/build-pages.ts'

const build: PagesBuild = {
  name: 'the shopkeeper’s page',
  source: import.meta.dirname,
  sources: ['index.html', 'package.json', 'vite.config.ts', 'src'].map((name) => `admin/${name}`),
}

/** Any port of this machine: simulators have the ports that are free. */
const THIS_MACHINE = 'http://localhost:* http://127.0.0.1:*'

export interface AdminPageBuild {
  /** The build of `npm start`, which may talk to this machine's object store; otherwise the one for a static host. */
  local: boolean
  /** Of the local build: where else its object store is, as a phone sees it. */
  store?: string | undefined
}

/** The folder that holds `admin/index.html`: the one for a static host never lies where a local build was. */
export function adminPageFolder({ local }: AdminPageBuild): string {
  return join(import.meta.dirname, 'dist', local ? 'local' : 'site')
}

/**
 * @returns the folder, and whether it had to be built
 * @throws Error with the builder's own words
 */
export function buildAdminPage(options: AdminPageBuild): Promise<{ folder: string; built: boolean }> {
  const { VITE_API_BASE: apiBase = '', VITE_PICTURE_STORE: named = '' } = process.env
  const stores = options.local ? [THIS_MACHINE, options.store, named] : [named]
  return buildPages(build, {
    folder: adminPageFolder(options),
    into: 'admin',
    mode: 'production',
    apiBase,
    settings: { VITE_PICTURE_STORE: stores.filter(Boolean).join(' ') },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, built } = await buildAdminPage({ local: false })
  console.log(`${folder} ${built ? 'built' : 'is up to date'}`)
}
