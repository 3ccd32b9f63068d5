/** What serverless.yml may say, as JSON schema for the framework's own validation (which names the wrong key). */
import { regions } from './regions.ts'

const text = { type: 'string' }
/** A value from the environment that may be absent: the empty text means "not set". */
const optionalText = { type: 'string' }
const flag = { type: 'boolean' }

function object(properties: Record<string, unknown>, required: string[] = []): Record<string, unknown> {
  return { type: 'object', properties, required, additionalProperties: false }
}

const environment = {
  type: 'object',
  additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
}

/** 64, or 128 to 3072 in steps of 128 (MB). */
const memorySize = {
  type: 'integer',
  enum: [64, ...Array.from({ length: 24 }, (_, step) => (step + 1) * 128)],
}
const timeout = { type: 'integer', minimum: 1, maximum: 900 }
const initTimeout = { type: 'integer', minimum: 3, maximum: 300 }
/** The bundles are made for Node 20: older runtimes would refuse their syntax. */
const runtime = { type: 'string', pattern: '^Nodejs2\\d\\.\\d{1,2}$' }

/** A path of ours: letters, digits, `-`, `_`, no trailing slash, at most two levels (what a domain can map). */
const path = { type: 'string', pattern: '^(/[A-Za-z0-9_-]+){1,2}$' }

export const providerSchema = {
  provider: object(
    {
      region: { type: 'string', enum: regions },
      runtime,
      namespace: { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,28}[a-zA-Z0-9]$' },
      memorySize,
      timeout,
      initTimeout,
      vpc: object({ vpcId: optionalText, subnetId: optionalText }, ['vpcId', 'subnetId']),
      network: object({ publicAccess: flag, fixedIp: flag }),
      cls: object({ logsetId: optionalText, topicId: optionalText }, ['logsetId', 'topicId']),
      role: optionalText,
      environment,
    },
    ['region'],
  ),
  function: object(
    {
      description: text,
      handler: {
        type: 'string',
        pattern: '^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]\\.[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$',
      },
      type: { type: 'string', enum: ['event', 'web'] },
      runtime,
      memorySize,
      timeout,
      initTimeout,
      concurrency: { type: 'integer', minimum: 1, maximum: 100 },
      environment,
    },
    ['handler'],
  ),
  functionEvents: {
    http: object(
      {
        method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
        path,
        aliases: { type: 'array', items: path, uniqueItems: true },
        // Who is believed: told to a gateway, while each function checks for itself.
        auth: { type: 'string', enum: ['none', 'jwt', 'signature'] },
      },
      ['method', 'path'],
    ),
    timer: object(
      {
        // Seconds, minutes, hours, day of month, month, day of week, year.
        cron: { type: 'string', pattern: '^(\\S+ ){6}\\S+$' },
        argument: { type: 'string', maxLength: 4096 },
        enabled: flag,
      },
      ['cron'],
    ),
  },
}

export const customSchema = {
  properties: {
    domain: object(
      {
        name: { type: 'string', pattern: '^$|^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$' },
        protocol: { type: 'string', enum: ['HTTP', 'HTTPS', 'HTTP&HTTPS'] },
        certificateId: optionalText,
      },
      ['name', 'protocol'],
    ),
  },
}
