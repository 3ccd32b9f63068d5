import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pickPort } from '../../local/database/port.ts'
import { endLeftover } from '../../local/database/private-server.ts'
import { pidOf, serverPlace } from '../../local/database/server.ts'
import { isAlive } from '../../local/lock.mjs'
import { descendantsOf, untilGone } from '../helpers/processes.ts'

const root = join(import.meta.dirname, '../..')
const json = { 'content-type': 'application/json' }

type Started = {
  child: ChildProcess
  exit: Promise<number | null>
  output: () => string
  opened: Promise<void>
}

/** `npm start` as a person types it, on other ports and with an own data folder. */
function npmStart(env: Record<string, string>): Started {
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const opened = new Promise<void>((resolve, reject) => {
    const onText = (chunk: Buffer) => {
      text += chunk
      if (text.includes('is open after')) resolve()
    }
    child.stdout.on('data', onText)
    child.stderr.on('data', onText)
    child.once('exit', () => reject(new Error(`npm start ended:\n${text}`)))
  })
  opened.catch(() => {})
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  return { child, exit, output: () => text, opened }
}

describe('npm start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'letao-start-'))
  const data = join(dir, 'mysql')
  const place = serverPlace(data)
  let settings: Record<string, string>
  let shop: string
  let running: Started | undefined
  let order: { out_trade_no: string; total_fee: string }

  after(async () => {
    for (const { pid } of running?.child.pid ? descendantsOf(running.child.pid) : [])
      process.kill(pid, 'SIGKILL')
    running?.child.kill('SIGKILL')
    await endLeftover(place)
    rmSync(dir, { recursive: true, force: true })
  })

  const post = async (url: string, body: unknown, token?: string) => {
    const headers = { ...json, ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as { status: unknown; token: string; data: Record<string, string> }
  }
  const login = async () => (await post(`${shop}/login`, { username: 'demo', password: 'demo123' })).token

  test('opens a shop that sells, from nothing', async () => {
    const [port, wechat, sms, cos] = [await pickPort(), await pickPort(), await pickPort(), await pickPort()]
    settings = {
      PORT: `${port}`,
      WX_SIM_PORT: `${wechat}`,
      SMS_SIM_PORT: `${sms}`,
      COS_SIM_PORT: `${cos}`,
      LETAO_DATA: data,
    }
    shop = `http://127.0.0.1:${port}`
    running = npmStart(settings)
    await running.opened

    const health = await fetch(`${shop}/healthz`)
    assert.equal(health.status, 200, await health.text())
    for (const address of [port, wechat, sms, cos])
      assert.match(running.output(), new RegExp(`http://localhost:${address}`))
    assert.match(running.output(), /demo \/ demo123/)
  })

  test('lets a shopper order, pay and see the order paid', async () => {
    const token = await login()
    const sports = (await (await fetch(`${shop}/sports`)).json()) as { data: { id: number; img: string }[] }
    const picture = await fetch(new URL(sports.data[0]?.img ?? '', shop))
    assert.equal(picture.headers.get('content-type'), 'image/svg+xml')

    const placed = await post(
      `${shop}/wx/order`,
      { items: [{ productId: sports.data[0]?.id, quantity: 2 }] },
      token,
    )
    order = placed.data as typeof order
    assert.equal(placed.status, 200)
    await post(`http://127.0.0.1:${settings.WX_SIM_PORT}/sim/pay`, { out_trade_no: order.out_trade_no })
    const asked = await post(`${shop}/queryOrder`, { out_trade_no: order.out_trade_no }, token)
    assert.equal(asked.data.trade_state, 'SUCCESS')
  })

  test('names the port and the setting when a port is taken, and ends', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const taken = (blocker.address() as { port: number }).port
    for (const name of ['PORT', 'WX_SIM_PORT', 'SMS_SIM_PORT', 'COS_SIM_PORT']) {
      const free = {
        PORT: `${await pickPort()}`,
        WX_SIM_PORT: `${await pickPort()}`,
        SMS_SIM_PORT: `${await pickPort()}`,
        COS_SIM_PORT: `${await pickPort()}`,
      }
      const refused = npmStart({ ...settings, ...free, [name]: `${taken}` })
      assert.equal(await refused.exit, 1)
      const lines = refused
        .output()
        .split('\n')
        .filter((line) => line.startsWith('✖'))
      assert.deepEqual(lines.length, 1, refused.output())
      assert.match(lines[0] ?? '', new RegExp(`Port ${taken} is in use.*\\b${name}=`))
    }
    blocker.close()
  })

  test('comes back with its data after everything was killed', async () => {
    const npm = running as Started
    const processes = descendantsOf(npm.child.pid as number)
    const launcher = processes.find(({ command }) => command.includes('local/start.ts'))
    assert.ok(launcher)
    process.kill(launcher.pid, 'SIGKILL')
    await npm.exit
    const database = pidOf(place)
    await untilGone(processes.map(({ pid }) => pid).filter((pid) => pid !== database))

    running = npmStart(settings)
    await running.opened
    const asked = await post(`${shop}/queryOrder`, { out_trade_no: order.out_trade_no }, await login())
    assert.equal(asked.data.trade_state, 'SUCCESS')
  })

  test('comes back after its database was killed', async () => {
    const database = pidOf(place) as number
    process.kill(database, 'SIGKILL')
    await untilGone([database])
    assert.equal((await fetch(`${shop}/healthz`)).status, 503)
    await end(running as Started)

    running = npmStart(settings)
    await running.opened
    assert.equal((await fetch(`${shop}/healthz`)).status, 200)
  })

  test('leaves no process behind after SIGTERM', async () => {
    await end(running as Started)
    assert.match((running as Started).output(), /Stopped\./)
  })

  async function end(started: Started): Promise<void> {
    const pid = started.child.pid as number
    const database = pidOf(place)
    const processes = [...descendantsOf(pid).map((entry) => entry.pid), ...(database ? [database] : [])]
    started.child.kill('SIGTERM')
    assert.equal(await started.exit, 0)
    assert.deepEqual(
      processes.filter((entry) => isAlive(entry)),
      [],
    )
  }
})
