/**
 * The shop's own people: who they are, what they may do, and the log of what they did. Owns `admin`, `admin_invite`,
 * `audit_log` and `approval`. Read first: permissions.ts, auth.ts, audit.ts.
 */
export * from './admin-invite-table.ts'
export * from './admin-table.ts'
export { type ApprovalRow, findWaiting } from './approval-table.ts'
export * from './approvals.ts'
export * from './audit.ts'
export { type AuditRow, listAudit } from './audit-log-table.ts'
export * from './auth.ts'
export * from './invite.ts'
export * from './keys.ts'
export * from './permissions.ts'
export * from './token.ts'
export * from './totp.ts'
