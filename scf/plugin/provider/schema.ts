/** What serverless.yml may say, as JSON schema for the framework's own validation (which names the wrong key). */
import { regions } from './regions.ts'

const text = { type: 'string' }
/** A value from the environment that may be absent: the empty text means "not set". */
const optionalText = { type: 'string' }
const flag = { type: 'boolean' }

const hints = new Map<string, string>()

/** A text of a certain form; `hint` is the message when it does not match. */
function form(pattern: string, hint: string): { type: string; pattern: string } {
  hints.set(pattern, hint)
  return { type: 'string', pattern }
}

/** What the framework says about a value, with the form in words in the place of its pattern. */
export function inWords(message: string): string {
  return [...hints].reduce(
    (text, [pattern, hint]) => text.replace(`must match pattern "${pattern}"`, `must be ${hint}`),
    message,
  )
}

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
const runtime = form('^Nodejs2\\d\\.\\d{1,2}$', 'a Node.js runtime from 20 on, such as Nodejs20.19')

/** A path: letters, digits, `-`, `_`, no trailing slash, at most two levels (what a domain can map). */
const path = form(
  '^(/[A-Za-z0-9_-]+){1,2}$',
  'a path of one or two levels without a slash at its end, such as /wx/order',
)

export const providerSchema = {
  provider: object(
    {
      region: { type: 'string', enum: regions },
      runtime,
      namespace: form(
        '^[a-zA-Z][a-zA-Z0-9_-]{0,58}[a-zA-Z0-9]$',
        '2 to 60 letters, digits, _ and -, a letter first and no sign last',
      ),
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
      handler: form(
        '^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]\\.[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$',
        'index.main_handler',
      ),
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
        // Documentation for a gateway; each function checks for itself.
        auth: { type: 'string', enum: ['none', 'jwt', 'admin', 'signature'] },
      },
      ['method', 'path'],
    ),
    timer: object(
      {
        cron: form('^(\\S+ ){6}\\S+$', 'seven fields: second minute hour day month weekday year'),
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
        name: form(
          '^$|^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$',
          'a domain in lower case without a wildcard, such as shop.example.com',
        ),
        protocol: { type: 'string', enum: ['HTTP', 'HTTPS', 'HTTP&HTTPS'] },
        certificateId: optionalText,
      },
      ['name', 'protocol'],
    ),
  },
}
