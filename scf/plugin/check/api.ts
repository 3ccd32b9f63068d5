/** Credentials, region and clock: everything the API has to say before a deploy. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Api } from '../api/client.ts'
import { ApiError, DeployError } from '../api/errors.ts'
import type { Framework } from '../provider/framework.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** The API refuses requests whose time is more than five minutes off. */
const refusedSkewSec = 300
const worryingSkewSec = 60

export async function checkApi(framework: Framework): Promise<Finding[]> {
  let api: Api
  try {
    api = framework.api
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return [fail('credentials', error.message.replace(/\s+/g, ' '))]
  }
  const clock = watchClock()
  try {
    return [...(await checkCredentials(api)), clockFinding(clock.skewSec())]
  } finally {
    clock.end()
  }
}

async function checkCredentials(api: Api): Promise<Finding[]> {
  try {
    await api.scf('ListFunctions', { Namespace: 'default', Limit: 1 })
    return [ok('credentials', 'accepted by SCF'), ok('region', api.region)]
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const text = error.message.replace(/\s+/g, ' ')
    return error.code.startsWith('UnsupportedRegion')
      ? [ok('credentials', 'accepted by SCF'), fail('region', text)]
      : [fail('credentials', text)]
  }
}

const answered = 'http.client.response.finish'

/** Listens to the time that the API puts on its answers, also on refusals. The SDK does not hand it on. */
function watchClock(): { skewSec(): number | undefined; end(): void } {
  let skewSec: number | undefined
  const listen = (message: unknown) => {
    const { response } = message as { response: IncomingMessage }
    const theirs = Date.parse(response.headers.date ?? '')
    if (!Number.isNaN(theirs)) skewSec = Math.round((Date.now() - theirs) / 1000)
  }
  subscribe(answered, listen)
  return { skewSec: () => skewSec, end: () => void unsubscribe(answered, listen) }
}

function clockFinding(skewSec: number | undefined): Finding {
  if (skewSec === undefined) return warn('clock', 'the API could not be asked for its time')
  const text = `${Math.abs(skewSec)} s ${skewSec < 0 ? 'behind' : 'ahead of'} the API’s`
  if (Math.abs(skewSec) >= refusedSkewSec)
    return fail('clock', `${text}: it refuses signatures that old; set this machine’s clock`)
  if (Math.abs(skewSec) >= worryingSkewSec) return warn('clock', `${text}: set this machine’s clock`)
  return ok('clock', `within ${Math.abs(skewSec) + 1} s of the API’s`)
}
