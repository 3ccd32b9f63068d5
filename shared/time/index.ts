export * from './beijing-time.ts'
