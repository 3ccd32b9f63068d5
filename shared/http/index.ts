export * from './answer.ts'
export * from './body.ts'
export * from './endpoint.ts'
export * from './event.ts'
