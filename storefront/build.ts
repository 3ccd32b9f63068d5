/**
 * Builds the storefront when its build is missing or was made from other sources. `npm start` calls it; on the
 * command line `node local/run.mjs storefront/build.ts [--demo]`.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDocsPage } from '../api/page/build.ts'
import { buildPages, type PagesBuild } from '../local/build-pages.ts'

const here = import.meta.dirname

const build: PagesBuild = {
  name: 'the storefront',
  source: here,
  sources: [
    ...['index.html', 'package.json', 'vite.config.ts', 'early.js', 'src', 'public'].map(
      (name) => `storefront/${name}`,
    ),
    'api/page',
    'docs/openapi.json',
  ],
}

export interface StorefrontBuild {
  /** The build of `npm start`, with the simulators' buttons; otherwise the one for shoppers. */
  demo: boolean
  /** Where the API is, when not on the page's own origin; left out, `VITE_API_BASE`. */
  apiBase?: string
  /** Where to build, when not at the usual place. */
  folder?: string
}

/** Where each build is: the one for shoppers never lies where a demo build was. */
export function storefrontFolder({ demo, folder }: StorefrontBuild): string {
  return folder ?? join(here, 'dist', demo ? 'local' : 'site')
}

/**
 * Brings a build up to date; the one of `npm start` has the API's page beside it.
 * @returns the folder, and whether it had to be built
 * @throws Error with the builder's own words
 */
export function buildStorefront(options: StorefrontBuild): Promise<{ folder: string; built: boolean }> {
  return buildPages(build, {
    folder: storefrontFolder(options),
    mode: options.demo ? 'demo' : 'production',
    apiBase: options.apiBase ?? process.env.VITE_API_BASE ?? '',
    ...(options.demo ? { finish: (fresh: string) => buildDocsPage(join(fresh, 'docs')) } : {}),
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, built } = await buildStorefront({ demo: process.argv.includes('--demo') })
  console.log(`${folder} ${built ? 'built' : 'is up to date'}`)
}
