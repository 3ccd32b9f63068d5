/** Errors of the API: answered with HTTP 200, as the real one does. */

/** Why the whole call is refused. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
