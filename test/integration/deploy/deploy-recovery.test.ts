/**
 * A first deploy is broken at every single call, in each way a call can break; the next deploy must finish the work.
 * It runs in this process, through the function that the command line calls after parsing its arguments.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DeployError } from '../../../scf/plugin/api/errors.ts'
import { type Packaged, packageFunctions } from '../../../scf/plugin/package/bundle.ts'
import { remove } from '../../../scf/plugin/remove/remove.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { apiFor, Fixture } from '../../helpers/deploy-fixture.ts'

let fixture: Fixture
let packaged: Packaged[]

before(async () => {
  fixture = new Fixture()
  const service = fixture.service()
  packaged = await packageFunctions(service, service.functions)
})

after(() => fixture.remove())

/** What a complete deploy leaves behind, in the order of names. */
function stateOf(plane: FakePlane): object {
  const functions = [...plane.region().functions.values()].map((fn) => ({
    name: fn.FunctionName,
    status: fn.status,
    version: fn.aliases.get('$DEFAULT')?.FunctionVersion !== '$LATEST',
    triggers: fn.triggers
      .map(({ Type, TriggerName, Qualifier }) => `${Type} ${Type === 'http' ? '' : TriggerName} ${Qualifier}`)
      .sort(),
    environment: fn.latest.Environment.Variables.map(({ Key }) => Key).sort(),
    isCurrent: fn.versions
      .get(fn.aliases.get('$DEFAULT')?.FunctionVersion ?? '')
      ?.snapshot.zip.equals(fn.latest.zip),
  }))
  const paths = plane
    .region()
    .domains.get('shop.example.com')
    ?.EndpointsConfig.map(({ PathMatch }) => PathMatch)
    .sort()
  return { functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)), paths }
}

async function deployedCleanly(): Promise<{ calls: number; state: object }> {
  const plane = await FakePlane.start()
  try {
    await fixture.deploy(plane, { packaged })
    return { calls: plane.calls.length, state: stateOf(plane) }
  } finally {
    await plane.stop()
  }
}

/** What is retried at once, whichever call it is, is tried at every third call only. */
const retried = 3

const kinds = [
  { kind: 'FailedOperation', fails: true, name: 'is refused' },
  { kind: 'InternalError', fails: false, every: retried, name: 'fails on the platform' },
  { kind: 'RequestLimitExceeded', fails: false, every: retried, name: 'is over the rate limit' },
  { kind: 'FailedOperation.FunctionStatusError', fails: undefined, name: 'comes while an earlier step runs' },
  { kind: 'http500', fails: false, every: retried, name: 'is answered by a broken gateway' },
  { kind: 'garbage', fails: false, every: retried, name: 'is answered with something that is no JSON' },
  { kind: 'drop', fails: false, every: retried, name: 'loses its connection before anything is done' },
  { kind: 'lose', fails: false, name: 'is carried out but its answer is lost' },
  { kind: 'die', fails: true, name: 'is the first of a broken network' },
  { kind: 'loseAndDie', fails: true, name: 'is the last before the network breaks' },
] as { kind: string; fails: boolean | undefined; every?: number; name: string }[]

/** The functions whose traffic is on a published version. */
const movedIn = (plane: FakePlane) =>
  [...plane.region().functions.values()]
    .filter(({ aliases }) => /^\d+$/.test(aliases.get('$DEFAULT')?.FunctionVersion ?? ''))
    .map(({ FunctionName }) => FunctionName.replace('letao-dev-', ''))

for (const { kind, fails, every = 1, name } of kinds) {
  test(`a first deploy of which any one call ${name} is finished by the next`, async (t) => {
    const { calls, state } = await deployedCleanly()
    let failures = 0
    let recoveries = 0
    const broken = Array.from({ length: Math.ceil(calls / every) }, (_, index) => 1 + index * every)
    for (const at of broken) {
      const plane = await FakePlane.start()
      try {
        plane.fail({ at, kind })
        const error = await fixture.deploy(plane, { packaged }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        if (error !== undefined) {
          failures += 1
          assert.ok(error instanceof DeployError, `call ${at}: ${String(error)}`)
          assert.ok(error.message.split('\n').length <= 3, error.message)
          if (/No traffic was moved/.test(error.message)) assert.deepEqual(movedIn(plane), [], `call ${at}`)
          const notDone = /Not done: (.*?)\./.exec(error.message)?.[1]?.split(', ') ?? []
          assert.deepEqual(
            movedIn(plane).filter((key) => notDone.includes(key)),
            [],
            `call ${at}: ${error.message}`,
          )
          plane.reset()
          await fixture.deploy(plane, { packaged })
        }
        recoveries += 1
        assert.deepEqual(stateOf(plane), state, `after call ${at}`)
        plane.reset()
        await fixture.deploy(plane, { packaged })
        assert.deepEqual(plane.counts(plane.writes), {}, `writes after recovering from call ${at}`)
      } finally {
        await plane.stop()
      }
    }
    t.diagnostic(`${broken.length} calls broken, ${failures} deploys failed, ${recoveries} completed`)
    assert.equal(recoveries, broken.length)
    if (fails !== undefined) assert.equal(failures, fails ? broken.length : 0)
  })
}

test('a remove that is interrupted at any call is finished by the next', async (t) => {
  let at = 1
  for (let isDone = false; !isDone; at += 1) {
    const plane = await FakePlane.start()
    try {
      await fixture.deploy(plane, { packaged })
      const service = fixture.service()
      const target = { service, api: apiFor(plane, service), say: () => {}, print: () => {} }
      const options = { key: undefined, name: undefined, confirmed: false }
      plane.fail({ at, kind: 'die' })
      isDone = await remove(target, options).then(
        () => true,
        () => false,
      )
      plane.reset()
      await remove(target, options)
      assert.equal(plane.region().functions.size, 0)
      assert.equal(plane.region().domains.size, 0)
    } finally {
      await plane.stop()
    }
  }
  t.diagnostic(`${at - 2} calls broken and recovered`)
})
