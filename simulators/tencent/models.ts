/** Request validation by the official SDK's own models: `scf_models.d.ts` says which fields exist and of what type. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { refuse } from './errors.ts'

interface Field {
  readonly required: boolean
  /** `string`, `number`, `boolean`, a model's name, or one of these with `[]`. */
  readonly type: string
}

type Model = ReadonlyMap<string, Field>

const source = createRequire(import.meta.url).resolve(
  'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_models.d.ts',
)

/** Reads the declarations. They are generated and regular; anything unexpected is an error here, not a gap. */
function readModels(): Map<string, Model> {
  const text = readFileSync(source, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
  const models = new Map<string, Model>()
  for (const [, name = '', body = ''] of text.matchAll(/export interface (\w+) \{([^}]*)\}/g)) {
    const fields = new Map<string, Field>()
    for (const line of body
      .split('\n')
      .map((each) => each.trim())
      .filter((each) => each !== '')) {
      const [, field, optional, type] = /^(\w+)(\??): (.+);$/.exec(line) ?? []
      if (field === undefined || type === undefined)
        throw new Error(`cannot read the SDK's model ${name}: ${line}`)
      fields.set(field, { required: optional !== '?', type: type.replace(/^Array<(.+)>$/, '$1[]') })
    }
    models.set(name, fields)
  }
  for (const [, alias = ''] of text.matchAll(/export declare type (\w+) = null/g))
    models.set(alias, new Map())
  return models
}

const models = readModels()

/** Whether the SDK knows the action. */
export function isKnownAction(action: string): boolean {
  return models.has(`${action}Request`)
}

/**
 * Refuses a request that the SDK's model does not describe: unknown, missing or wrongly typed fields, at any depth.
 */
export function validate(action: string, request: unknown): void {
  checkModel(`${action}Request`, request, '')
}

function checkModel(name: string, value: unknown, path: string): void {
  const model = models.get(name)
  if (!model) throw new Error(`the SDK has no model ${name}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('InvalidParameter', `${path || name} is not an object`)
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) {
    if (!model.has(key)) refuse('UnknownParameter', `The parameter \`${path}${key}\` is not recognized.`)
  }
  for (const [key, { required, type }] of model) {
    const given = fields[key]
    if (given === undefined) {
      if (required)
        refuse('MissingParameter', `The request is missing the required parameter \`${path}${key}\`.`)
      continue
    }
    checkValue(type, given, `${path}${key}`)
  }
}

function checkValue(type: string, value: unknown, path: string): void {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) refuse('InvalidParameter', `The parameter \`${path}\` is not a list.`)
    value.forEach((item, index) => {
      checkValue(type.slice(0, -2), item, `${path}.${index}`)
    })
    return
  }
  if (type === 'string' || type === 'number' || type === 'boolean') {
    if (typeof value !== type)
      refuse('InvalidParameter', `The value type of parameter \`${path}\` must be ${type}.`)
    if (type === 'number' && !Number.isFinite(value))
      refuse('InvalidParameter', `The parameter \`${path}\` is not a number.`)
    return
  }
  checkModel(type, value, `${path}.`)
}
