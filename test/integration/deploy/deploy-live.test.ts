/** `serverless check --live`: what it finds on the account, both answers to each question, and that nothing is left behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { askAccount } from '../../../scf/plugin/check/live/index.ts'
import { type Fetch, questions } from '../../../scf/plugin/check/live/questions.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { apiEnvironment, apiFor, Fixture, repository } from '../../helpers/deploy-fixture.ts'

const namespace = 'letao-live-check'
let plane: FakePlane
let fixture: Fixture

before(async () => {
  plane = await FakePlane.start()
  plane.certificates.set('cert0001', {
    Domain: '*.example.com',
    CertEndTime: '2099-01-01 00:00:00',
    Status: 1,
  })
  fixture = new Fixture()
  await fixture.deploy(plane)
})

afterEach(() => {
  plane.reset()
  plane.reshape = (_action, answer) => answer
  plane.invoker = async () => ({ RetMsg: '{}', ErrMsg: '', InvokeResult: 0 })
  plane.bodyLimit = 10 * 1024 * 1024
})

after(async () => {
  await plane.stop()
  fixture.remove()
})

const nothingIsLeft = () =>
  !plane.region().namespaces.has(namespace) &&
  ![...plane.region().functions.values()].some((fn) => fn.Namespace === namespace)

/** What the two functions would answer; `forwarded` is what their platform makes of the forged header. */
function urlsThatAnswer(headers: Record<string, string>, sourceIp?: string): Fetch {
  return async () => {
    const alias = plane.region().functions.get(`${namespace}/${namespace}-event`)?.aliases.get('$DEFAULT')
    return Response.json({
      version: alias?.FunctionVersion,
      sourceIp,
      names: [],
      remote: headers['x-scf-remote-addr'],
      forwarded: headers['x-forwarded-for'],
    })
  }
}

async function ask(fetch: Fetch, stopAfter = questions.length + 1): Promise<string> {
  const service = fixture.service()
  const lines: string[] = []
  const stop = new AbortController()
  const say = (line: string) => {
    if (line.startsWith(`${stopAfter} of`)) stop.abort()
  }
  const print = (line: string) => void lines.push(line)
  await askAccount({ service, api: apiFor(plane, service), say, print }, { fetch, stop: stop.signal })
  return lines.join('\n')
}

/** Lets a function write what it was given to the log, as the probe does. */
function invokedWritesLog(): void {
  plane.invoker = async ({ event, fn }) => {
    const fields = {
      SCF_Namespace: fn.Namespace,
      SCF_FunctionName: fn.FunctionName,
      SCF_Message: JSON.stringify(event),
    }
    plane.logs.push({ topic: 'default-topic', time: Date.now(), fields })
    return { RetMsg: '{}', ErrMsg: '', InvokeResult: 0 }
  }
}

test('every question has its row, with the answers of a platform as others saw it', async () => {
  invokedWritesLog()
  const table = await ask(
    urlsThatAnswer({
      'x-scf-remote-addr': '192.0.2.1',
      'x-forwarded-for': '192.0.2.2, 203.0.113.9, 11.163.0.1, 10.132.0.1',
    }),
  )
  for (const row of [
    /\| A function can be created at once after its namespace \| yes \|/,
    /\| A function URL keeps the name that is sent \| no, a name of 10 signs \|/,
    /\| ApiGwCompatible and .* \| not told, not told \|/,
    /\| Client address of a web .* \| x-scf-remote-addr: forged; x-forwarded-for: forged, public, private, private; sourceIp: none \|/,
    /\| A version’s description .* \| in the list \|/,
    /\| \$DEFAULT moves .* \| yes, after \d+ s \|/,
    /\| An empty argument of a timer is taken as none \| yes \|/,
    /\| The API invokes a web function \| yes \|/,
    /\| A zip of 8 MB .* \| no: RequestSizeLimitExceeded \|/,
    /\| The log topic .* \| yes \|/,
  ])
    assert.match(table, row)
  assert.equal(table.split('\n').length, questions.length + 2)
  assert.doesNotMatch(table, /not answered|203\.0\.113|tencentscf/)
  assert.ok(nothingIsLeft())
})

test('a platform that does the opposite gets the other answers', async () => {
  plane.bodyLimit = 30 * 1024 * 1024
  // 1 lists namespaces, 2 creates one, 3 creates a function.
  plane.fail({ at: 3, kind: 'ResourceNotFound.Namespace' })
  plane.reshape = (action, answer) => {
    if (action === 'ListTriggers') {
      const triggers = answer.Triggers as Record<string, unknown>[]
      for (const trigger of triggers) {
        if (trigger.Type === 'timer') trigger.CustomArgument = 'something'
        else {
          const desc = JSON.parse(String(trigger.TriggerDesc)) as object
          trigger.TriggerName = 'live-check'
          trigger.TriggerDesc = JSON.stringify({ ...desc, ApiGwCompatible: true, EnableSimpleMode: false })
        }
      }
    }
    if (action === 'ListVersionByFunction')
      for (const version of answer.Versions as Record<string, unknown>[]) version.Description = null
    if (action === 'InvokeFunction')
      return { Error: { Code: 'UnsupportedOperation', Message: 'not of this type' } }
    return answer
  }
  const table = await ask(urlsThatAnswer({ 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'))
  for (const row of [
    /created at once .* \| no, 1 more tries \|/,
    /keeps the name .* \| yes \|/,
    /ApiGwCompatible .* \| true, false \|/,
    /an event function .* \| x-scf-remote-addr: none; x-forwarded-for: public; sourceIp: public \|/,
    /A version’s description .* \| in neither: rollback knows no releases \|/,
    /An empty argument .* \| no, the old one stays \|/,
    /invokes a web function \| no: UnsupportedOperation \|/,
    /A zip of 8 MB .* \| yes \|/,
    /The log topic .* \| not answered: InvokeFunction failed/,
  ])
    assert.match(table, row)
  assert.ok(nothingIsLeft())
})

test('a question that cannot be answered says so, and the others are asked all the same', async () => {
  const table = await ask(async () => {
    throw new Error('fetch failed')
  })
  assert.match(table, /Client address of a web function .* \| not answered: fetch failed \|/)
  assert.match(table, /An empty argument of a timer is taken as none \| yes \|/)
  assert.ok(nothingIsLeft())
})

test('interrupted, it removes what it made', async () => {
  await assert.rejects(ask(urlsThatAnswer({}), 4), /Interrupted after 4 of \d+ questions/)
  assert.ok(nothingIsLeft())
})

test('what a dead connection left behind is named, and removed by the next run', async () => {
  plane.fail({ at: 12, kind: 'die' })
  await assert.rejects(ask(urlsThatAnswer({})), /letao-live-check could not be removed[\s\S]*--confirm again/)
  plane.reset()
  assert.ok(!nothingIsLeft())
  await ask(urlsThatAnswer({}))
  assert.ok(nothingIsLeft())
})

test('what others keep in a namespace of that name is left alone', async () => {
  const region = plane.region()
  const [any] = [...region.functions.values()]
  assert.ok(any)
  region.namespaces.set(namespace, { Description: '' })
  const key = `${namespace}/others`
  region.functions.set(key, { ...any, Namespace: namespace, FunctionName: 'others' })
  try {
    await assert.rejects(ask(urlsThatAnswer({})), /holds others, which is not of this check/)
    assert.deepEqual(plane.counts(plane.writes), {})
  } finally {
    region.functions.delete(key)
    region.namespaces.delete(namespace)
  }
})

test('without --confirm it writes nothing, and says what differs from serverless.yml', async () => {
  const same = await fixture.cli(plane, ['check', '--live'])
  assert.equal(same.code, 0, same.text)
  assert.match(same.stdout, /^ok {3}login: Active, version 1, as serverless\.yml$/m)
  assert.match(same.stdout, /^ok {3}domain: mapped, as serverless\.yml$/m)
  assert.match(same.stdout, /Nothing was written\. \d+ more questions .*repeat with --confirm/)
  const login = plane.region().functions.get('letao-dev/letao-dev-login')
  const feeds = plane.region().functions.get('letao-dev/letao-dev-feeds')
  const url = login?.triggers.pop()
  assert.ok(login && feeds && url)
  login.latest = { ...login.latest, MemorySize: 512 }
  feeds.status = 'UpdateFailed'
  try {
    const other = await fixture.cli(plane, ['check', '--live'])
    assert.equal(other.code, 1)
    assert.match(other.stdout, /^warn login: differs; a deploy would: .*512.*create function URL$/m)
    assert.match(other.stdout, /^FAIL feeds: UpdateFailed/m)
    assert.match(other.stdout, /1 of \d+ are wrong on the account/)
  } finally {
    login.triggers.push(url)
    login.latest = { ...login.latest, MemorySize: 256 }
    feeds.status = 'Active'
  }
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('Ctrl-C at the command line removes what was made', async () => {
  const child = spawn(
    process.execPath,
    [join(repository, 'node_modules/.bin/serverless'), 'check', '--live', '--confirm'],
    {
      cwd: fixture.directory,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...apiEnvironment(plane) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let text = ''
  let isStopped = false
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      text += part
      if (isStopped || !/\d of \d+: /.test(text)) return
      isStopped = true
      child.kill('SIGINT')
    })
  assert.equal(await ended, 1)
  assert.match(text, /Interrupted after \d+ of \d+ questions/)
  assert.ok(nothingIsLeft())
})
