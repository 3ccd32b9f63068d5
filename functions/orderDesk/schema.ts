/** What ops may ask the order desk to do: one schema per action. */
import { type Carrier, carriers, TRACKING_NUMBER } from '#shared/ordering'
import { Joi, line, wholeNumber } from '#shared/validate'

const number27 = Joi.string().pattern(/^\d{27}$/)
/** Who does it, as the shop numbers its people: two different ones grant and release a refund. */
const by = wholeNumber(1, 2 ** 31 - 1).required()

export interface ShipWish {
  action: 'ship'
  order_no: string
  carrier: Carrier
  tracking_no: string
  /** Left out: everything that was not shipped yet. */
  lines?: { lineId: number; quantity: number }[]
  by: number
}

export interface DecideWish {
  action: 'decide'
  after_sale_no: string
  approve: boolean
  answer?: string
  /** Less than was computed, with `answer` as the reason. */
  amount_fen?: number
  by: number
}

export interface InspectWish {
  action: 'inspect'
  after_sale_no: string
  ok: boolean
  restock: boolean
  answer?: string
  by: number
}

export interface ReleaseWish {
  action: 'release'
  after_sale_no: string
  by: number
}

export interface AdjustWish {
  action: 'adjust'
  sku_id: number
  /** Pieces that were found (positive) or are missing (negative). */
  delta: number
  /** Names this count: the same one again changes nothing. */
  ref: string
  by: number
}

export type Wish = ShipWish | DecideWish | InspectWish | ReleaseWish | AdjustWish

const answer = line({ min: 2, max: 200 }).trim()
const action = (name: Wish['action']) => Joi.string().valid(name).required()

const wishes: Readonly<Record<Wish['action'], Joi.ObjectSchema>> = {
  ship: Joi.object({
    action: action('ship'),
    order_no: number27.required(),
    carrier: Joi.string()
      .valid(...Object.keys(carriers))
      .required(),
    tracking_no: Joi.string().pattern(TRACKING_NUMBER).required(),
    lines: Joi.array()
      .items(
        Joi.object({
          lineId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required(),
          quantity: wholeNumber(1, 99).required(),
        }),
      )
      .min(1),
    by,
  }),
  decide: Joi.object({
    action: action('decide'),
    after_sale_no: number27.required(),
    approve: Joi.boolean().strict().required(),
    answer,
    amount_fen: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    by,
  }),
  inspect: Joi.object({
    action: action('inspect'),
    after_sale_no: number27.required(),
    ok: Joi.boolean().strict().required(),
    restock: Joi.boolean().strict().required(),
    answer,
    by,
  }),
  release: Joi.object({ action: action('release'), after_sale_no: number27.required(), by }),
  adjust: Joi.object({
    action: action('adjust'),
    sku_id: wholeNumber(1, 2 ** 31 - 1).required(),
    delta: Joi.number().strict().integer().min(-100_000).max(100_000).invalid(0).required(),
    ref: Joi.string()
      .pattern(/^[\w-]{1,40}$/)
      .required(),
    by,
  }),
}

/** Reads the event. @throws Error that names what is wrong */
export function readWish(event: Readonly<Record<string, unknown>>): Wish {
  const known = Object.keys(wishes).join(', ')
  const schema = typeof event.action === 'string' && Object.hasOwn(wishes, event.action)
  if (!schema) throw new Error(`the event needs an action: ${known}`)
  const { json: _json, Type: _t, TriggerName: _n, Time: _at, Message: _m, ...wish } = event
  const { value, error } = wishes[event.action as Wish['action']].validate(wish)
  if (error) throw new Error(`${event.action}: ${error.message}`)
  return value as Wish
}
