export * from './database.ts'
export * from './faults.ts'
export * from './replica.ts'
