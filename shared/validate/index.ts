export * from './plain.ts'
export * from './validate.ts'
