export { type Database, type DatabaseOptions, openDatabase } from './database.ts'
export { isDeadlock, isDuplicateKey } from './faults.ts'
export { feedReader, Replicas } from './replica.ts'
export type { Session, Sql, SqlValue } from './session.ts'
