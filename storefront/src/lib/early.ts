/**
 * Answers that the page asked for before its scripts were there (storefront/early.js). Each is handed over once: who asks
 * again wants a newer one.
 */
declare global {
  var letaoEarly: Record<string, Promise<Response>> | undefined
  interface Response {
    /** When an early answer came, by this device's clock (ms since 1970); the others were just read. */
    arrivedAt?: number
  }
}

/** The answer that is on its way to this GET; undefined when nobody asked. */
export function takeEarly({ method, url }: Pick<Request, 'method' | 'url'>): Promise<Response> | undefined {
  const answer = method === 'GET' ? globalThis.letaoEarly?.[url] : undefined
  if (answer) delete globalThis.letaoEarly?.[url]
  return answer
}
