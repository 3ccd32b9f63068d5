import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { prepareDemoLogin } from '../../local/demo-account.ts'
import { prepareDemoOwner } from '../../local/demo-owner.ts'
import { codeBlocks } from '../helpers/markdown.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'
import { read, root } from '../helpers/source-tree.ts'

const runs = promisify(execFile)
let shop: TestShop
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letao-readme-'))
  shop = await openTestShop()
  assert.equal(await prepareDemoLogin(shop), undefined)
  assert.equal(await prepareDemoOwner(shop), undefined)
})

after(async () => {
  await shop?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The examples of the README in their order, as one script against this shop. */
function examples(): string {
  const section = read('README.md').split('### Try each\n')[1]?.split('\n### ')[0] ?? ''
  const script = codeBlocks(section)
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
    .join('')
  const address = (url: string | undefined) => new URL(url ?? '').host
  return (
    script
      // The examples stand in the folder of the project, these in one of their own.
      .replaceAll('npm run admin:code -s', `npm run admin:code -s --prefix ${root}`)
      .replaceAll('localhost:3000', address(shop.url))
      .replaceAll('localhost:3001', address(shop.wechat?.url))
      .replaceAll('localhost:3002', address(shop.sms?.url))
  )
}

const missing = ['bash', 'curl'].find((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
})

test('the examples of the README work, one after the other', {
  skip: missing && `no ${missing}`,
}, async () => {
  // Each answer goes to its line of a file, and on to wherever the example sends it.
  const recorder = `curl() { command curl "$@" | tee -a answers.txt; echo >> answers.txt; }`
  const script = examples()

  await runs('bash', ['-euo', 'pipefail', '-c', `${recorder}\n${script}`], { cwd: folder })

  const answers = readFileSync(join(folder, 'answers.txt'), 'utf8').trim().split('\n')
  assert.equal(answers.length, script.match(/\bcurl -s\b/g)?.length)
  for (const answer of answers) {
    if (answer.startsWith('<xml>')) assert.match(answer, /<return_code><!\[CDATA\[FAIL]]>/)
    else assert.ok(isSuccess(JSON.parse(answer)), answer.slice(0, 200))
  }
  assert.ok(answers.some((answer) => answer.includes('"trade_state":"SUCCESS","trade_state_desc"')))
  assert.ok(answers.some((answer) => answer.includes('"trade_state":"CLOSED"')))
})

/** An envelope says 200; what the simulators answer is none, and has no `requestId`. */
function isSuccess(answer: { status?: unknown; requestId?: string }): boolean {
  return answer.requestId === undefined && (answer.status === undefined || answer.status === 200)
}
