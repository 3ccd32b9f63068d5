/** An API error: answered as `{ Response: { Error: { Code, Message }, RequestId } }` with HTTP 200. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function refuse(code: string, message: string): never {
  throw new Refusal(code, message)
}
