export * from './events/index.ts'
export * from './log.ts'
