/**
 * What the tests of accounts need: an own database, the bundled functions in this process, an SMS simulator whose
 * inbox tells the codes, and clients who have nothing to do with each other.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { after, mock } from 'node:test'
import type { SmsSim } from '../../simulators/sms/index.ts'
import { type DirectShop, openDirectShop } from './direct-shop.ts'
import { call, loadFunction, type MainHandler, type Reply, type RequestOptions } from './functions.ts'
import { catchLogs, type Logs } from './logs.ts'
import { crowdOf } from './pay-shop.ts'
import { smsEnv, startTestSms } from './sms.ts'

export interface Person {
  username: string
  password: string
  mobile: string
}

export interface AccountsShop extends DirectShop {
  readonly sim: SmsSim
  readonly logs: Logs
  /** `POST /sms` from an address of its own, unless one is given. */
  sms(mobile: string, options?: Partial<RequestOptions>): Promise<Reply>
  register(body: unknown, options?: Partial<RequestOptions>): Promise<Reply>
  login(body: unknown, options?: Partial<RequestOptions>): Promise<Reply>
  /** A code as the shopper reads it. */
  codeFor(mobile: string): Promise<string>
  /** Somebody who has an account. */
  registered(changes?: Partial<Person>): Promise<Person>
}

/** Opens the shop; it goes with the test file. */
export async function openAccountsShop(env: Record<string, string> = {}): Promise<AccountsShop> {
  const logs = catchLogs()
  const sim = await startTestSms({ limits: false, now: () => Date.now() })
  const shop = await openDirectShop({ ...smsEnv(sim), LOG_LEVEL: 'info', ...env })
  after(async () => {
    await sim.close()
    logs.release()
  })
  const sender = (name: string, path: string) => {
    const handler = loadFunction(name)
    return (body: unknown, options: Partial<RequestOptions> = {}) =>
      call(handler, { path, body, address: newAddress(), ...options })
  }
  const sendSms = sender('sms', '/sms')
  const register = sender('register', '/register')
  const sms = (mobile: string, options?: Partial<RequestOptions>) => sendSms({ mobile }, options)
  const codeFor = async (mobile: string) => {
    const { json, body } = await sms(mobile)
    const [message] = sim.messages(mobile)
    if (json.status !== 200 || !message) throw new Error(`no code for ${mobile}: ${body}`)
    return message.code
  }
  return {
    ...shop,
    sim,
    logs,
    sms,
    register,
    login: sender('login', '/login'),
    codeFor,
    async registered(changes) {
      const person = { ...newPerson(), ...changes }
      const { json, body } = await register({ ...person, smscode: await codeFor(person.mobile) })
      if (json.status !== 200) throw new Error(`not registered: ${body}`)
      return person
    },
  }
}

const crowds = new Map<string, (count: number) => MainHandler[]>()

/**
 * As many instances of a function as there are requests, all at once. Whoever is told 503 because this machine is too
 * busy just then asks again afterwards, as a client does: what was refused for that reason decides nothing.
 */
export async function atOnce(name: string, requests: readonly RequestOptions[]): Promise<Reply[]> {
  const crowd = crowds.get(name) ?? crowdOf(name)
  crowds.set(name, crowd)
  const handlers = crowd(requests.length)
  const ask = (request: RequestOptions, index: number) =>
    call(handlers[index] as MainHandler, { address: newAddress(), ...request })
  const replies = await Promise.all(requests.map(ask))
  for (const [index, request] of requests.entries())
    if (replies[index]?.statusCode === 503) replies[index] = await ask(request, index)
  return replies
}

let made = 0

/** An address that nobody in this process had before. */
export function newAddress(): string {
  made++
  return `10.${made >> 16}.${(made >> 8) & 255}.${made & 255}`
}

/** A mobile that nobody in this process had before. */
export function newMobile(): string {
  return `138${String(++made).padStart(8, '0')}`
}

export function newPerson(): Person {
  return { username: `shopper${++made}`, password: 'abc123XYZ', mobile: newMobile() }
}

export const statuses = (replies: readonly Reply[]) => replies.map(({ json }) => json.status)

export const countOf = (replies: readonly Reply[], status: unknown) =>
  statuses(replies).filter((each) => each === status).length

/** A business refusal: HTTP 200, the status, words for the shopper. */
export function assertRefused({ statusCode, json }: Reply, status: unknown, msg: string | RegExp): void {
  assert.equal(statusCode, 200)
  assert.equal(json.status, status, json.msg)
  if (typeof msg === 'string') assert.equal(json.msg, msg)
  else assert.match(json.msg, msg)
  assert.equal(typeof json.requestId, 'string')
}

/** Runs with a clock that stands still until it is set forward. */
export async function withClock(work: (pass: (seconds: number) => void) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  try {
    await work((seconds) => mock.timers.setTime(Date.now() + seconds * 1000))
  } finally {
    mock.timers.reset()
  }
}

/** The costs of the scrypt runs that `work` caused. */
export async function scryptRuns(work: () => Promise<unknown>): Promise<string[]> {
  const spy = mock.method(crypto, 'scrypt')
  try {
    await work()
    return spy.mock.calls.map(({ arguments: [, , bytes, cost] }) => {
      const { N, r, p } = cost as crypto.ScryptOptions
      return `${N}/${r}/${p}/${bytes}`
    })
  } finally {
    spy.mock.restore()
  }
}
