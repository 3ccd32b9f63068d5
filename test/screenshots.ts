/**
 * `npm run screenshots`: retakes the pictures of the README. The browser tests take the pictures, for that is where
 * every page comes to rest; here the chosen ones are made small.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { runStep } from '../local/steps.ts'
import { findOrInstallChromium } from './helpers/chromium.ts'

const root = join(import.meta.dirname, '..')
/** In the order of the README. */
const CHOSEN = ['home', 'category', 'product', 'pay', 'order']
/** CSS pixels: what a README shows side by side, and a little more for sharp displays. */
const WIDTH = 360

const { done } = runStep(process.execPath, ['local/run.mjs', 'test/run.ts', 'browser-journey'], { cwd: root })
if ((await done) !== 0) {
  console.error('\n✖ The browser tests failed, so the pictures stay as they were.')
  process.exit(1)
}

mkdirSync(join(root, 'docs/images'), { recursive: true })
const browser = await chromium.launch({
  executablePath: await findOrInstallChromium(),
  args: ['--no-sandbox'],
})
const page = await browser.newPage({ viewport: { width: WIDTH, height: 1000 } })
for (const name of CHOSEN) {
  const taken = readFileSync(join(root, '.local/screenshots', `${name}.png`)).toString('base64')
  await page.setContent(`<style>body { margin: 0 } img { display: block; width: ${WIDTH}px }</style>
    <img src="data:image/png;base64,${taken}">`)
  await page.locator('img').evaluate('(image) => image.decode()')
  const file = join(root, 'docs/images', `${name}.png`)
  writeFileSync(file, await page.locator('img').screenshot())
  console.log(`docs/images/${name}.png  ${(statSync(file).size / 1024).toFixed(0)} KB`)
}
await browser.close()
