export * from './config.ts'
export { type DatabaseTarget, databaseTarget } from './database-url.ts'
