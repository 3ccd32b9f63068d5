/**
 * 128 random bits in hex. Not `crypto.randomUUID`: browsers offer that on https and localhost only, and a phone
 * opens a laptop's shop by its plain http address.
 */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
