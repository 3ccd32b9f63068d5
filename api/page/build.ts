/**
 * Builds the documentation page: one HTML file with its style, script and the OpenAPI document inside, that needs
 * no network and no server. `npm run docs:page` writes `api/dist/index.html`; `npm start` serves the same at `/docs`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname

/** The page as text. @throws Error when the script does not compile */
export async function renderDocsPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'main.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  })
  const document = JSON.stringify(JSON.parse(readFileSync(join(here, '../../docs/openapi.json'), 'utf8')))
  const parts: Record<string, string> = {
    style: readFileSync(join(here, 'style.css'), 'utf8'),
    document,
    script: outputFiles[0]?.text ?? '',
  }
  const template = readFileSync(join(here, 'index.html'), 'utf8')
  // "</script" and "<!--" inside a script element would end it or open a comment.
  return template.replace(/\/\* (style|script) \*\/|"the document"/g, (_, name = 'document') =>
    (parts[name] ?? '').replace(/<(?=\/script|!--)/gi, name === 'style' ? '<' : '\\u003c'),
  )
}

/** Writes the page as `index.html` of a folder. */
export async function buildDocsPage(folder: string): Promise<void> {
  const page = await renderDocsPage()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), page)
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(here, '../dist')
  await buildDocsPage(folder)
  console.log(join(folder, 'index.html'))
}
