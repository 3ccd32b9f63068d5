/**
 * What the code of a function cannot say about its routes: a summary, the shape of its answer, an example. Paths,
 * aliases, methods, authentication and request bodies are not repeated here; `api/openapi.ts` reads them from the
 * functions. `test/contract/openapi*.test.ts` holds real answers against these shapes.
 */
import Joi, { type ObjectSchema } from 'joi'

/** Documentation of one route, under its first path. */
export interface RouteDocs {
  tag: 'catalogue' | 'shopping' | 'shopOrders' | 'accounts' | 'orders' | 'payments' | 'admin'
  /** Unique name of the operation, for generated clients. */
  operationId: string
  /** Half a sentence for the table of contents. */
  summary: string
  description?: string
  /** Who may call, where that is not just "anyone" or "anyone who is logged in". */
  caller?: { readonly en: string; readonly zh: string }
  /** The answers of `status` 200. Absent for a route that does not speak the envelope. */
  answers?: ObjectSchema[]
  /** `status` values that this route can answer beside 200, its own validation and the general faults. */
  refusals?: (number | false)[]
  /** True where a limit can answer 429, or the peer behind it 502. */
  limited?: boolean
  upstream?: boolean
  /** Request and answer in OpenAPI's own words, for a route that does not speak the envelope. */
  wire?: { request: Record<string, unknown>; response: Record<string, unknown> }
  /** A request body (or query) that works on the demo shop. */
  example?: Record<string, unknown>
  /** A complete answer of `status` 200. */
  exampleAnswer?: Record<string, unknown>
}

/** The envelope of a success, with the fields that one route adds. */
export function success(fields: Record<string, Joi.Schema>): ObjectSchema {
  return Joi.object({ status: Joi.number().valid(200).required(), ...fields })
}

/** A required text of an answer. */
export const text = (description?: string) => withDescription(Joi.string().allow('').required(), description)
/** A required whole number of an answer. */
export const whole = (description?: string) => withDescription(Joi.number().integer().required(), description)
/** A required list of an answer. */
export const list = (item: ObjectSchema) => Joi.array().items(item).required()

/** Fen, the unit of every amount except the prices of `/sports`. */
export const fen = () => whole('integer fen').min(0)

/** A text that may be missing. */
export const nullableText = (description?: string) => {
  const schema = Joi.string().allow(null).required()
  return description ? schema.description(description) : schema
}
/** A number that may be missing. */
export const nullableNumber = (description?: string) => {
  const schema = Joi.number().integer().allow(null).required()
  return description ? schema.description(description) : schema
}
/** Of a list whose pages may be short before the last. */
export const nextCursor = nullableText(
  'where the next page begins; `null`: this was the last. A short page need not be the last',
)

function withDescription<T extends Joi.Schema>(schema: T, description?: string): T {
  return description ? (schema.description(description) as T) : schema
}
