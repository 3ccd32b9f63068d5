/** The questions that documents leave open, each answered by one or two calls. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Api } from '../../api/client.ts'
import { ApiError, isNotFound } from '../../api/errors.ts'
import { active, findFunction, write } from '../../api/wait.ts'
import { defaultAlias, readTriggers, readVersions } from '../../deploy/state.ts'
import { urlIn } from '../../deploy/trigger-changes.ts'
import { searchLogs } from '../../logs/search.ts'
import { makeZip } from '../../package/zip.ts'
import { codeIn, versionMark } from '../../provider/marks.ts'
import type { ShopService } from '../../provider/service.ts'
import { addressAnswer, type Seen } from './headers.ts'
import { creation, type Probe } from './probe.ts'

export type Fetch = (url: string, init?: { headers?: Record<string, string> }) => Promise<Response>

export interface Ask {
  readonly api: Api
  readonly service: ShopService
  readonly probe: Probe
  readonly fetch: Fetch
}

export interface Question {
  readonly question: string
  readonly follows: string
  readonly ask: (ask: Ask) => Promise<string>
}

const sentName = 'live-check'
const polls = 20

export const questions: readonly Question[] = [
  {
    question: 'A function can be created at once after its namespace',
    follows: 'deploy: createNamespace',
    ask: async ({ api, service, probe }) => {
      const runtime = service.functions[0]?.runtime ?? 'Nodejs20.19'
      const first = await createWhenReady(api, creation(probe.event, runtime, false))
      await active(api, probe.event)
      await createWhenReady(api, creation(probe.web, runtime, true))
      await active(api, probe.web)
      return first === 0 ? 'yes' : `no, ${first} more tries`
    },
  },
  {
    question: 'A function URL keeps the name that is sent',
    follows: 'deploy finds it by its qualifier, whichever it is',
    ask: async ({ api, probe }) => {
      for (const id of [probe.event, probe.web])
        await write(api, id, 'CreateTrigger', {
          TriggerName: sentName,
          Type: 'http',
          Qualifier: defaultAlias,
          Enable: 'OPEN',
          // Without the two flags of the event's shape: what the platform takes for them is asked next.
          TriggerDesc: JSON.stringify({
            AuthType: 'NONE',
            NetConfig: { EnableIntranet: false, EnableExtranet: true },
          }),
        })
      const url = (await readTriggers(api, probe.event)).find(({ Type }) => Type === 'http')
      return url?.TriggerName === sentName ? 'yes' : `no, a name of ${url?.TriggerName?.length ?? 0} signs`
    },
  },
  {
    question: 'ApiGwCompatible and EnableSimpleMode when they are left out',
    follows: 'deploy sends both as false and compares them',
    ask: async ({ api, probe }) => {
      const url = (await readTriggers(api, probe.event)).find(({ Type }) => Type === 'http')
      const { ApiGwCompatible, EnableSimpleMode } = JSON.parse(url?.TriggerDesc ?? '{}') as Record<
        string,
        unknown
      >
      return `${ApiGwCompatible ?? 'not told'}, ${EnableSimpleMode ?? 'not told'}`
    },
  },
  {
    question: 'Client address of a web function by its URL',
    follows: 'shared/http/client-address.ts; TRUSTED_PROXIES in the manual',
    ask: async (ask) => addressAnswer(await seenBy(ask, ask.probe.web)),
  },
  {
    question: 'Client address of an event function by its URL',
    follows: 'shared/http/event.ts; limits by address',
    ask: async (ask) => addressAnswer(await seenBy(ask, ask.probe.event)),
  },
  {
    question: 'A web function answers after a pause of six seconds',
    follows: 'keepAliveTimeout in scf/web/server.ts',
    ask: async (ask) => {
      await ask.api.pace.pause(6000)
      await seenBy(ask, ask.probe.web)
      return 'yes'
    },
  },
  {
    question: 'A version’s description stands in the list of versions',
    follows: 'deploy reads it from the version itself otherwise',
    ask: async ({ api, probe }) => {
      await write(api, probe.event, 'PublishVersion', { Description: versionMark('0'.repeat(17), mark) })
      await active(api, probe.event, '1')
      const [listed] = await readVersions(api, probe.event)
      const single = codeIn((await findFunction(api, probe.event, '1'))?.Description) === mark
      const where = [listed?.code === mark ? 'list' : '', single ? 'version' : ''].filter((each) => each)
      return where.length > 0 ? `in the ${where.join(' and the ')}` : 'in neither: rollback knows no releases'
    },
  },
  {
    question: '$DEFAULT moves while a function URL is bound to it',
    follows: 'seconds that a rollback takes',
    ask: async (ask) => {
      const { api, probe } = ask
      await write(api, probe.event, 'UpdateAlias', {
        Name: defaultAlias,
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: [] },
      })
      const start = performance.now()
      for (let poll = 0; poll < polls; poll += 1) {
        if ((await seenBy(ask, probe.event)).version === '1')
          return `yes, after ${Math.round((performance.now() - start) / 1000)} s`
        await api.pace.pause(1000)
      }
      return `no, not within ${polls} s`
    },
  },
  {
    question: 'An empty argument of a timer is taken as none',
    follows: 'deploy --plan says “update timer” for ever otherwise',
    ask: async ({ api, probe }) => {
      const timer = {
        TriggerName: 'live-check-timer',
        Type: 'timer',
        Qualifier: defaultAlias,
        TriggerDesc: '0 0 0 1 1 * 2099',
        Enable: 'CLOSE',
      }
      await write(api, probe.event, 'CreateTrigger', { ...timer, CustomArgument: 'something' })
      await write(api, probe.event, 'UpdateTrigger', timer)
      const found = (await readTriggers(api, probe.event)).find(({ Type }) => Type === 'timer')
      return found?.CustomArgument ? 'no, the old one stays' : 'yes'
    },
  },
  {
    question: 'The API invokes a web function',
    follows: 'invoke refuses it and names its URL',
    ask: async ({ api, probe: { web } }) => {
      const { FunctionName, Namespace } = web
      return await codeOf(async () => {
        const { Result } = await api.scf('InvokeFunction', { FunctionName, Namespace }, { subject: web.key })
        return Result?.InvokeResult ? `no (${Result.InvokeResult})` : 'yes'
      })
    },
  },
  {
    question: 'A zip of 8 MB is taken in a request',
    follows: 'zipLimit in scf/plugin/package/artifact.ts',
    ask: async ({ api, probe: { event } }) =>
      await codeOf(async () => {
        const big = makeZip([
          { name: 'index.js', content: 'exports.main_handler = async () => {}', mode: 0o644 },
          { name: 'random', content: randomBytes(8 * 1024 * 1024), mode: 0o644 },
        ])
        await write(api, event, 'UpdateFunctionCode', {
          Handler: 'index.main_handler',
          Code: { ZipFile: big.toString('base64') },
          CodeSource: 'ZipFile',
        })
        return 'yes'
      }),
  },
  {
    question: 'The log topic that the platform gives can be searched for a text',
    follows: 'logs --filter; CLS_LOGSET_ID and CLS_TOPIC_ID',
    ask: async ({ api, probe: { event } }) => {
      const topicId = (await findFunction(api, event))?.ClsTopicId
      if (!topicId) return 'no topic'
      const mark = randomUUID()
      const { FunctionName, Namespace } = event
      const from = Date.now() - 60_000
      await api.scf('InvokeFunction', {
        FunctionName,
        Namespace,
        // $DEFAULT stands on version 1, whose code it is that writes the mark.
        Qualifier: '1',
        Event: JSON.stringify({ mark }),
      })
      return await codeOf(async () => {
        for (let poll = 0; poll < polls; poll += 1) {
          const search = {
            topicId,
            namespace: Namespace,
            functionName: undefined,
            from,
            to: Date.now() + 1000,
          }
          if ((await searchLogs(api, { ...search, texts: [mark] })).length > 0) return 'yes'
          await api.pace.pause(3000)
        }
        return 'no, not within a minute'
      })
    },
  },
]

/** The code that our marks carry here. */
const mark = 'c0de'.repeat(16)

/** Creates; gives how many times it had to be asked again because the namespace was not known yet. */
async function createWhenReady(api: Api, request: ReturnType<typeof creation>): Promise<number> {
  for (let again = 0; ; again += 1) {
    try {
      await api.scf('CreateFunction', request, { subject: request.FunctionName })
      return again
    } catch (error) {
      if (!isNotFound(error) || again >= polls) throw error
      await api.pace.pause(1000)
    }
  }
}

/** What a function of the check says about a request with forged headers. */
async function seenBy({ api, probe, fetch }: Ask, id: Probe['event']): Promise<Seen> {
  let url: string | undefined
  for (let poll = 0; poll < polls && !url; poll += 1) {
    url = urlIn(await readTriggers(api, id))
    if (!url) await api.pace.pause(1000)
  }
  if (!url) throw new Error(`${id === probe.web ? 'the web' : 'the event'} function has no address`)
  const headers = { 'x-scf-remote-addr': '192.0.2.1', 'x-forwarded-for': '192.0.2.2' }
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`its URL answered ${response.status}`)
  return (await response.json()) as Seen
}

/** The answer, or with which code the API refuses. */
async function codeOf(work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `no: ${error.code || `HTTP ${error.failure.httpStatus ?? 'without an answer'}`}`
  }
}
