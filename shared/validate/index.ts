export * from './validate.ts'
export * from './whole-number.ts'
