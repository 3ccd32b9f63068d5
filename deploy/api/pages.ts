/** Lists in full: the API answers 20 entries at a time unless told otherwise. */

const pageSize = 100

/**
 * Reads every page of a list.
 *
 * @param read - reads one page; `total` undefined means that the list ends with the first short page
 */
export async function allPages<T>(
  read: (offset: number, limit: number) => Promise<{ items: readonly T[]; total: number | undefined }>,
): Promise<T[]> {
  const found: T[] = []
  for (;;) {
    const { items, total } = await read(found.length, pageSize)
    found.push(...items)
    if (items.length === 0) return found
    if (total === undefined ? items.length < pageSize : found.length >= total) return found
  }
}
