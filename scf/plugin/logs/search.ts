/** The log service's search. The API of SCF has none any more. */
import type { Api } from '../api/client.ts'
import type { FunctionId } from '../api/wait.ts'

export interface LogLine {
  /** Milliseconds. */
  readonly time: number
  readonly requestId: string
  readonly message: string
  /** Tells one line from another. */
  readonly id: string
}

interface SearchResponse {
  readonly Context?: string
  readonly ListOver?: boolean
  readonly Results?: { Time?: number; PkgId?: string; PkgLogId?: string; LogJson?: string }[]
}

export interface Search {
  readonly topicId: string
  readonly from: number
  readonly to: number
  /** Text that the line must contain. */
  readonly filter: string | undefined
}

const pageSize = 100

/** All lines of a function between two times, oldest first. */
export async function searchLogs(
  api: Api,
  { key, FunctionName, Namespace }: FunctionId,
  search: Search,
): Promise<LogLine[]> {
  const conditions = [`SCF_Namespace:"${Namespace}"`, `SCF_FunctionName:"${FunctionName}"`]
  // A quote would end the phrase; the search has no way to escape it that its syntaxes share.
  if (search.filter) conditions.push(`"${search.filter.replace(/["\\]/g, ' ')}"`)
  const lines: LogLine[] = []
  for (let context = ''; ; ) {
    const page = await api.other<SearchResponse>(
      'cls',
      'SearchLog',
      {
        TopicId: search.topicId,
        From: search.from,
        To: search.to,
        Query: conditions.join(' AND '),
        Limit: pageSize,
        Sort: 'asc',
        SyntaxRule: 1,
        ...(context === '' ? {} : { Context: context }),
      },
      { subject: key },
    )
    const results = page.Results ?? []
    lines.push(...results.map(toLine))
    context = page.Context ?? ''
    if (page.ListOver !== false || context === '' || results.length === 0) return lines
  }
}

function toLine({
  Time = 0,
  PkgId = '',
  PkgLogId = '',
  LogJson = '{}',
}: NonNullable<SearchResponse['Results']>[number]): LogLine {
  const fields = parse(LogJson)
  const { SCF_Message, SCF_RequestId } = fields
  const own = Object.entries(fields).filter(([name]) => !/^(SCF_|__)/.test(name))
  // A line that is a JSON object is split into its fields; ours are such lines.
  const message =
    typeof SCF_Message === 'string' && SCF_Message !== ''
      ? SCF_Message
      : JSON.stringify(Object.fromEntries(own))
  return {
    time: Time,
    requestId: String(SCF_RequestId ?? ''),
    message,
    id: `${Time}/${PkgId}/${PkgLogId}/${message}`,
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : { SCF_Message: text }
  } catch {
    return { SCF_Message: text }
  }
}
