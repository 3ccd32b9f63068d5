/** The log service's search, as far as `serverless logs` uses it. */
import { refuse } from './errors.ts'

export interface LogRecord {
  readonly topic: string
  /** Milliseconds. */
  readonly time: number
  /** What the platform stores of one line: `SCF_FunctionName`, `SCF_Namespace`, `SCF_Message` and others. */
  readonly fields: Readonly<Record<string, string>>
}

const pageLimit = 1000

/** Answers SearchLog: a topic, a time span, `key:"value"` conditions joined by AND, pages by `Context`. */
export function answerLogs(records: readonly LogRecord[], request: Record<string, unknown>): object {
  const { From, To, Query, QueryString, TopicId, Limit = 100, Context = '', Sort = 'desc' } = request
  if (typeof From !== 'number' || typeof To !== 'number' || From > To)
    refuse('InvalidParameter', 'From and To are milliseconds.')
  if (typeof TopicId !== 'string' || TopicId === '') refuse('MissingParameter', 'TopicId is missing.')
  if (typeof Limit !== 'number' || Limit > pageLimit)
    refuse('InvalidParameter', `Limit is ${pageLimit} at most.`)
  if (!records.some(({ topic }) => topic === TopicId))
    refuse('ResourceNotFound.TopicNotExist', `Topic ${TopicId} does not exist.`)
  const conditions = String(Query ?? QueryString ?? '')
    .split(' AND ')
    .map((part) => {
      const [, key, value] =
        /^(?:(\w+):)?"([^"]*)"$/.exec(part.trim()) ??
        refuse('FailedOperation.SyntaxError', `Cannot read the query at ${part}.`)
      return { key, value: value ?? '' }
    })
  const found = records
    .filter(({ topic, time }) => topic === TopicId && time >= From && time <= To)
    .filter(({ fields }) =>
      conditions.every(({ key, value }) =>
        key === undefined ? JSON.stringify(fields).includes(value) : fields[key] === value,
      ),
    )
    .sort((a, b) => (Sort === 'asc' ? a.time - b.time : b.time - a.time))
  const offset = Number(Context || 0)
  const page = found.slice(offset, offset + Limit)
  const isOver = offset + page.length >= found.length
  return {
    Context: isOver ? '' : String(offset + page.length),
    ListOver: isOver,
    Analysis: false,
    Results: page.map(({ time, topic, fields }) => ({
      Time: time,
      TopicId: topic,
      PkgId: String(records.findIndex((each) => each.fields === fields)),
      PkgLogId: '0',
      LogJson: JSON.stringify(fields),
    })),
  }
}
