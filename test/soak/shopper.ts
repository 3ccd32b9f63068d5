/** One shopper's way through the shop, with everything that a person does when it does not work at once. */
import assert from 'node:assert/strict'
import jwt from 'jsonwebtoken'
import { PayRefused } from '../../simulators/wechat-pay/index.ts'
import { httpEvent } from '../helpers/functions.ts'
import { JWT_SECRET } from '../helpers/pay-shop.ts'
import type { ShopperPlan } from './plan.ts'
import { dice } from './random.ts'
import type { World } from './world.ts'

/** How often somebody tries the same again before giving up. */
const PATIENCE = 6

type Envelope = { status: number | false; data?: Record<string, unknown> }
type Payable = { out_trade_no: string; code_url: string }

export class Shopper {
  readonly plan: ShopperPlan
  readonly #world: World
  readonly #token: string
  #order: Payable | undefined

  constructor(plan: ShopperPlan, world: World) {
    this.plan = plan
    this.#world = world
    this.#token = jwt.sign({ username: `shopper${plan.index}` }, JWT_SECRET, {
      subject: String(100_000 + plan.index),
      expiresIn: '90d',
    })
  }

  /** The order's number; undefined when no post was ever answered well. */
  get outTradeNo(): string | undefined {
    return this.#order?.out_trade_no
  }

  /** Orders, then does at once what the plan says. */
  async comes(): Promise<void> {
    await this.#orders()
    if (!this.#order) return
    switch (this.plan.conduct) {
      case 'pays':
        this.#pays()
        break
      case 'silent':
      case 'evening':
        this.#pays({ notify: false })
        break
      case 'closes':
        await this.#closes()
        break
      case 'races':
        await this.#races(this.#order)
        break
      default: // late or never
        return
    }
    if (this.plan.conduct === 'evening') return
    for (let i = 0; i < this.plan.polls; i++) await this.#asks()
  }

  /** Two hours later: pays the order again, if it can still be paid. */
  async returns(): Promise<void> {
    if (!this.#order) return
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const { status, data } = await this.#post('wxOrder', '/wx/order', {
        out_trade_no: this.#order.out_trade_no,
      })
      this.#world.count(`pay again: ${status}`)
      if (status === 1051 || status === 1052) return
      if (status !== 200) continue
      this.#order = data as Payable
      this.#pays()
      return
    }
  }

  /** Posts until there is a code. With one `Idempotency-Key` it is one order, however often. */
  async #orders(): Promise<void> {
    const { index, totalFen, posts } = this.plan
    const body = {
      body: `soak ${index}`,
      total_fee: totalFen,
      spbill_create_ip: '203.0.113.9',
      trade_type: 'NATIVE',
    }
    const headers = { 'idempotency-key': `soak-${index}` }
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const copies = Array.from({ length: attempt === 0 ? posts : 1 }, () =>
        this.#post('wxOrder', '/wx/order', body, headers),
      )
      const replies = await Promise.all(copies)
      for (const { status } of replies) this.#world.count(`order: ${status}`)
      const good = replies.filter(({ status }) => status === 200).map(({ data }) => data as Payable)
      const [first] = good
      if (!first) continue
      assert.ok(
        good.every(({ out_trade_no }) => out_trade_no === first.out_trade_no),
        `shopper ${index} got two orders for one key`,
      )
      this.#order = first
      this.#world.shoppers.set(first.out_trade_no, this)
      return
    }
  }

  #pays(options: { notify?: false } = {}): boolean {
    if (!this.#order) return false
    try {
      this.#world.sim.scan(this.#order.code_url, { ...options, coupons: this.plan.coupons })
      this.#world.count('paid at WeChat')
      return true
    } catch (error) {
      if (!(error instanceof PayRefused)) throw error
      this.#world.count(`payment refused: ${error.message}`)
      return false
    }
  }

  async #closes(): Promise<void> {
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const { status } = await this.#post('closeOrder', '/closeOrder', { out_trade_no: this.outTradeNo })
      this.#world.count(`close: ${status}`)
      if (status === 200 || status === 1051) return
    }
  }

  /** Pays while the order is being closed: at once, between WeChat's answer and the close, or right after it. */
  async #races({ out_trade_no }: Payable): Promise<void> {
    const { sim, seed } = this.#world
    const when = dice(seed, `race ${this.plan.index}`).pick({ first: 1, between: 2, last: 1 })
    if (when === 'first') this.#pays()
    let hasTried = when === 'first'
    const listen = (call: { endpoint: string; outTradeNo: string }) => {
      if (hasTried || call.outTradeNo !== out_trade_no || call.endpoint !== 'orderquery') return
      hasTried = true
      this.#pays()
    }
    if (when === 'between') sim.events.on('call', listen)
    await this.#closes()
    sim.events.off('call', listen)
    if (!hasTried) this.#pays()
  }

  async #asks(): Promise<void> {
    const { status } = await this.#post('queryOrder', '/queryOrder', { out_trade_no: this.outTradeNo })
    this.#world.count(`query: ${status}`)
  }

  async #post(
    name: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Envelope> {
    const { result, error } = await this.#world.front.invoke(
      name,
      httpEvent({ path, body, headers, token: this.#token }),
    )
    if (error !== undefined) return { status: false }
    return JSON.parse((result as { body: string }).body)
  }
}
