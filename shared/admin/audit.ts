/** The one way in which the shop's people write: what they do and its entry in the audit log commit together. */
import type { Database, Sql } from '#shared/db'
import type { HttpRequest } from '#shared/http'
import { redact } from '#shared/log'
import { insertAudit } from './audit-log-table.ts'
import type { Admin } from './auth.ts'

/** Of a handler's call, what an entry needs. */
export interface AdminCall {
  readonly db: Database
  readonly user: Pick<Admin, 'id'>
  readonly request: Pick<HttpRequest, 'clientAddress'>
  readonly requestId: string
  readonly now: () => Date
}

/** What was done, and to what: `order.ship`, `order:202611270930001230000000001`. */
export interface AuditSubject {
  readonly action: string
  readonly target: string
}

/** What is wanted, where that is known before: then the entry comes first, and the step may end with stock (locks: stock last). */
export interface Wanted extends AuditSubject {
  readonly wanted: unknown
}

/** What a step returns: its result, and the values that it replaced and set, for the log. */
export interface Audited<T> {
  readonly result: T
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * Does something in a transaction that also says who did it. What throws writes neither.
 *
 * @param subject - its target may be known only afterwards: then a function of the result
 */
export function audited<T>(
  call: AdminCall,
  subject: AuditSubject | Wanted | ((result: T) => AuditSubject),
  step: (tx: Sql) => Promise<Audited<T>>,
): Promise<T> {
  return call.db.transaction(async (tx) => {
    if ('wanted' in subject) {
      await writeAudit(tx, call, subject, { after: subject.wanted })
      return (await step(tx)).result
    }
    const { result, before, after } = await step(tx)
    await writeAudit(tx, call, typeof subject === 'function' ? subject(result) : subject, { before, after })
    return result
  })
}

/** Notes that somebody reads what is personal: a full address, an export. Comes before the answer. */
export async function noted(call: AdminCall, subject: AuditSubject & { detail?: unknown }): Promise<void> {
  await writeAudit(call.db, call, subject, { after: subject.detail })
}

/** Adds an entry to the transaction that it belongs to. `user` is undefined where ops did it. */
export async function writeAudit(
  tx: Sql,
  call: Omit<AdminCall, 'db' | 'user'> & { readonly user: Pick<Admin, 'id'> | undefined },
  { action, target }: AuditSubject,
  values: { before?: unknown; after?: unknown },
): Promise<void> {
  await insertAudit(tx, {
    admin_id: call.user?.id ?? null,
    action,
    target: target.slice(0, 80),
    value_before: textOf(values.before),
    value_after: textOf(values.after),
    address: call.request.clientAddress?.slice(0, 64) ?? null,
    request_id: call.requestId.slice(0, 64),
    at: call.now(),
  })
}

/** Longer than any row that people edit. */
const MAX_CHARACTERS = 16_000

/** JSON with the middle of mobile numbers blotted out. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = redact(JSON.stringify(value), [])
  return text.length <= MAX_CHARACTERS ? text : JSON.stringify({ cut: text.slice(0, MAX_CHARACTERS / 2) })
}
