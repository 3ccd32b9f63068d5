import { line, parameters, wholeNumber } from '#shared/validate'

export interface AuditQuery {
  target?: string
  adminId?: number
  cursor?: number
  limit: number
}

export const auditQuery = parameters<AuditQuery>({
  target: line({ max: 80 }).empty('').label('对象target'),
  adminId: wholeNumber(1, 2 ** 31 - 1)
    .empty('')
    .label('人员adminId'),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
}).oxor('target', 'adminId')
