import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { parse } from 'yaml'
import { buildIfChanged } from '../../scf/build.ts'
import { functionFolders, read, root } from '../helpers/source-tree.ts'

interface HttpEvent {
  method: string
  path: string
  aliases?: string[]
}

interface FunctionEntry {
  handler: string
  events?: { http?: HttpEvent; timer?: { cron: string } }[]
}

const service = parse(read('serverless.yml')) as { functions: Record<string, FunctionEntry> }
const deployed = Object.keys(service.functions)
const require = createRequire(import.meta.url)

before(() => buildIfChanged())

/** Method and paths of every route that a function answers, as its bundle says. */
function routesOf(name: string): { method: string; paths: string[] }[] {
  const { main_handler } = require(join(root, 'dist', name, 'index.js')) as {
    main_handler: { routes?: { method: string; paths: string[] }[] }
  }
  return (main_handler.routes ?? []).map(({ method, paths }) => ({ method, paths: [...paths] }))
}

function httpEventsOf(name: string): { method: string; paths: string[] }[] {
  const events = service.functions[name]?.events ?? []
  return events.flatMap(({ http }) =>
    http ? [{ method: http.method, paths: [http.path, ...(http.aliases ?? [])] }] : [],
  )
}

function timersOf(name: string): string[] {
  return (service.functions[name]?.events ?? []).flatMap(({ timer }) => timer?.cron ?? [])
}

test('serverless.yml has one entry for each folder of functions/', () => {
  assert.deepEqual([...deployed].sort(), functionFolders())
})

for (const name of deployed) {
  test(`${name}: is entered by index.main_handler`, () => {
    assert.equal(service.functions[name]?.handler, 'index.main_handler')
  })

  test(`${name}: its http events are the routes that it answers`, () => {
    assert.deepEqual(httpEventsOf(name), routesOf(name))
  })
}

test('timers start reconcile, dueOrders, nightlyCheck, bill and nothing else', () => {
  assert.deepEqual(
    deployed.filter((name) => timersOf(name).length > 0),
    ['reconcile', 'dueOrders', 'nightlyCheck', 'bill'],
  )
})

test('reconcile is started every five minutes', () => {
  assert.deepEqual(timersOf('reconcile'), ['0 */5 * * * * *'])
})

test('bill is started at half past ten every day', () => {
  assert.deepEqual(timersOf('bill'), ['0 30 10 * * * *'])
})

test('no path belongs to two functions, whatever its case', () => {
  const paths = deployed.flatMap((name) => routesOf(name).flatMap(({ paths }) => paths))
  assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, paths.length)
})
