/** The log service's search. The API of SCF has none any more. */
import type { Api } from '../api/client.ts'
import { type LogLine, type LogRecord, toLine } from './line.ts'

interface SearchResponse {
  readonly Context?: string
  readonly ListOver?: boolean
  readonly Results?: LogRecord[]
}

export interface Search {
  readonly topicId: string
  readonly namespace: string
  /** The full name of one function; all of the namespace when undefined. */
  readonly functionName: string | undefined
  /** Milliseconds. */
  readonly from: number
  readonly to: number
  /** Texts that the line must contain. */
  readonly texts: readonly string[]
}

const pageSize = 100

/** All lines between two times, oldest first. */
export async function searchLogs(api: Api, search: Search): Promise<LogLine[]> {
  const { topicId, namespace, functionName, from, to, texts } = search
  const conditions = [
    `SCF_Namespace:"${namespace}"`,
    ...(functionName === undefined ? [] : [`SCF_FunctionName:"${functionName}"`]),
    // A quote would end the phrase; the search has no way to escape it that its syntaxes share.
    ...texts.map((text) => `"${text.replace(/["\\]/g, ' ')}"`),
  ]
  const lines: LogLine[] = []
  for (let context = ''; ; ) {
    const page = await api.other<SearchResponse>(
      'cls',
      'SearchLog',
      {
        TopicId: topicId,
        From: from,
        To: to,
        Query: conditions.join(' AND '),
        Limit: pageSize,
        Sort: 'asc',
        SyntaxRule: 1,
        ...(context === '' ? {} : { Context: context }),
      },
      { subject: `topic ${topicId}` },
    )
    const results = page.Results ?? []
    lines.push(...results.map(toLine))
    context = page.Context ?? ''
    if (page.ListOver !== false || context === '' || results.length === 0) return lines
  }
}
