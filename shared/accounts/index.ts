export * from './password.ts'
export * from './sms-code.ts'
export * from './token.ts'
