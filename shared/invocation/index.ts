export * from './invocation.ts'
