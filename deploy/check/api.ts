/** Credentials, region and clock: everything the API has to say before a deploy. */

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
  return [...(await checkCredentials(api)), await checkClock(api)]
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

async function checkClock(api: Api): Promise<Finding> {
  const url = api.base ?? new URL('https://scf.tencentcloudapi.com')
  const before = Date.now()
  try {
    // Unsigned, so it is refused; only the time of the answer counts.
    const response = await fetch(url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(10_000) })
    await response.arrayBuffer()
    const theirs = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) return warn('clock', 'the API did not say its time')
    const skewSec = Math.round(((before + Date.now()) / 2 - theirs) / 1000)
    if (Math.abs(skewSec) >= refusedSkewSec)
      return fail(
        'clock',
        `${skewSec} s off the API’s: it refuses signatures that old; set this machine’s clock`,
      )
    if (Math.abs(skewSec) >= worryingSkewSec)
      return warn('clock', `${skewSec} s off the API’s: set this machine’s clock`)
    return ok('clock', `${Math.abs(skewSec)} s off the API’s`)
  } catch {
    return warn('clock', 'the API could not be asked for its time')
  }
}
