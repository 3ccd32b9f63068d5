/** Errors of the service: an HTTP status, and XML that says more. */

/** Why a request is refused. */
export class CosError extends Error {
  override name = 'CosError'
  readonly status: number
  readonly code: string
  /** Further elements of the answer. */
  readonly details: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** What is wrong in the words of the documentation, as far as known: rely on the codes. */
export const errors = {
  denied: () => new CosError(403, 'AccessDenied', 'Access Denied.'),
  expired: (serverTime: string) =>
    new CosError(403, 'AccessDenied', 'Request has expired', { ServerTime: serverTime }),
  notYet: (serverTime: string) =>
    new CosError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        ServerTime: serverTime,
      },
    ),
  unknownKey: () =>
    new CosError(403, 'InvalidAccessKeyId', 'The Access Key Id you provided does not exist in our records.'),
  wrongSignature: (details: Readonly<Record<string, string>>) =>
    new CosError(403, 'SignatureDoesNotMatch', 'The Signature you specified is invalid.', details),
  malformedSignature: (what: string) =>
    new CosError(403, 'InvalidArgument', `The authorization is not valid: ${what}.`),
  cors: (why: string) =>
    new CosError(403, 'AccessForbidden', `CORSResponse: This CORS request is not allowed. ${why}`),
  noSuchKey: () => new CosError(404, 'NoSuchKey', 'The specified key does not exist.'),
  method: () =>
    new CosError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'),
  exists: () => new CosError(409, 'FileAlreadyExists', 'The object you specified already exists.'),
  noLength: () =>
    new CosError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.'),
  changed: () =>
    new CosError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.'),
  range: () => new CosError(416, 'InvalidRange', 'The requested range is not satisfiable.'),
  key: () => new CosError(400, 'InvalidURI', 'Could not parse the specified URI.'),
  digest: () =>
    new CosError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'),
  tooLarge: () =>
    new CosError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.'),
} as const

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character] as string)

/** The answer's body. */
export function errorXml(
  { code, message, details }: CosError,
  { resource, requestId }: { resource: string; requestId: string },
): string {
  const elements = Object.entries({
    Code: code,
    Message: message,
    ...details,
    Resource: resource,
    RequestId: requestId,
    TraceId: Buffer.from(requestId).toString('base64'),
  })
  const lines = elements.map(([name, value]) => `\t<${name}>${escaped(value)}</${name}>`)
  return `<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n${lines.join('\n')}\n</Error>\n`
}
