export * from './required-text.ts'
export * from './validate.ts'
export * from './whole-number.ts'
