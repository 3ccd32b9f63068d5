/** Work on many functions at once, within what the API allows. */

/** The API takes 20 requests a second per action: four functions at once stay far below it. */
const atOnce = 4

/**
 * Runs the work for each item, at most four at once, and gives the results in order. After a failure nothing new
 * is begun, what runs is finished, and the first failure is thrown; the others go to `alsoFailed`.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  alsoFailed: (error: unknown) => void = () => {},
): Promise<R[]> {
  const results: R[] = new Array(items.length)
  const failures: unknown[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  if (failures.length > 0) {
    for (const failure of failures.slice(1)) alsoFailed(failure)
    throw failures[0]
  }
  return results
}
