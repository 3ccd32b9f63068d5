/** The platform's limits and the codes it reports, as far as this runner models them. */

/** Synchronous requests and responses, in bytes of JSON text. */
export const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024
/** The environment of one function, names and values, in bytes. */
export const ENVIRONMENT_LIMIT_BYTES = 4096

/** https://www.tencentcloud.com/document/product/583/35311 */
export const STATUS = {
  requestTooLarge: 406,
  responseTooLarge: 407,
  userCodeException: 430,
  timeout: 433,
  processExited: 439,
} as const

export type FailureStatus = (typeof STATUS)[keyof typeof STATUS]

/** Why an invocation failed, with the platform's status. */
export type Failure = { status: FailureStatus; message: string; stack?: string }
