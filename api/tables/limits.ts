/** The table of limits, from the limits that the routes declare. */
import { MAX_WRONG_TRIES } from '#shared/accounts'
import { MAX_BODY_BYTES, type Route } from '#shared/http'
import type { LimitKind, LimitRule, LimitSet, LimitTable } from '#shared/limits'
import { MAX_UNPAID } from '#shared/ordering'
import { limitTexts } from './limit-texts.ts'
import { code, type Language, table } from './markdown.ts'

const windows: Readonly<Record<number, Record<Language, string>>> = {
  60: { en: 'a minute', zh: '每分钟' },
  900: { en: 'in 15 minutes', zh: '15 分钟内' },
  3600: { en: 'an hour', zh: '每小时' },
  86400: { en: 'a day', zh: '每天' },
}

/** One row per kind of limit, and what is limited without a counter. @throws Error for one that nobody has described */
export function limitsTable(routes: readonly Route[], language: Language): string {
  const sets = new Map(routes.flatMap(({ limits }) => (isSet(limits) ? [[limits.name, limits]] : [])))
  const kinds = [...sets.values()].flatMap(({ name, table: own }) =>
    Object.entries(own).map(([kind, limit]) => [`${name}.${kind}`, limit] as const),
  )
  const orphan = Object.keys(limitTexts).find((id) => !kinds.some(([known]) => known === id))
  if (orphan) throw new Error(`api/tables/limit-texts.ts describes ${orphan}, which no route has`)
  const rows = kinds.map(([id, kind]) => limitRow(id, kind, language))
  return language === 'en'
    ? table(
        ['what', 'limit'],
        [
          ...rows,
          ['wrong codes for one SMS', `${MAX_WRONG_TRIES}, then the code is void`],
          ['unpaid orders of one user', `${MAX_UNPAID} at a time`],
          ["a request's body", `${MAX_BODY_BYTES / 1024} KiB`],
        ],
      )
    : table(
        ['对象', '限制'],
        [
          ...rows,
          ['同一条短信的错误验证码', `${MAX_WRONG_TRIES} 次，之后作废`],
          ['同一用户未支付的订单', `同时最多 ${MAX_UNPAID} 个`],
          ['请求体', `${MAX_BODY_BYTES / 1024} KiB`],
        ],
      )
}

/** The limits of a route, as a sentence of its description. */
export function limitsText({ name, table }: { readonly name: string; readonly table: LimitTable }): string {
  const said = Object.entries(table).map(([kind, limit]) =>
    limitRow(`${name}.${kind}`, limit, 'en').join(': '),
  )
  return `Limits: ${said.join('; ')}.`
}

/** What `limitsOf` makes; a route knows only as much of it as it needs. */
function isSet(limits: Route['limits']): limits is LimitSet<string> {
  return limits !== undefined && 'table' in limits
}

function limitRow(id: string, kind: LimitKind, language: Language): [string, string] {
  const text = limitTexts[id]
  if (!text) throw new Error(`api/tables/limit-texts.ts has no text for ${id}`)
  const rules = kind.rules.map((rule) => ruleText(rule, text.unit)[language])
  const said = rules.join(language === 'en' ? ', ' : '，') + (text.note?.[language] ?? '')
  return [language === 'en' ? kind.about : text.zh, said]
}

function ruleText({ max, windowSec, lockSec }: LimitRule, unit: string): Record<Language, string> {
  const window = windows[windowSec]
  if (!window) throw new Error(`api/tables/limits.ts has no words for a window of ${windowSec} s`)
  const number = typeof max === 'number' ? String(max) : code(max)
  const lock = lockSec === undefined ? undefined : lockSec / 60
  return {
    en: `${number} ${window.en}${lock === undefined ? '' : `, then 429 for ${lock} minutes`}`,
    zh: `${window.zh} ${number} ${unit}${lock === undefined ? '' : `，随后 ${lock} 分钟一律 429`}`,
  }
}
