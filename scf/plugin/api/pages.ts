/** Lists in full. */

/** What the API returns when no limit is given; the maximum is undocumented. */
const pageSize = 20

/**
 * Reads every page of a list.
 *
 * @param read - reads one page; without a `total` the list ends with the first short page
 */
export async function allPages<T>(
  read: (offset: number, limit: number) => Promise<{ items: readonly T[]; total: number | null | undefined }>,
): Promise<T[]> {
  const found: T[] = []
  for (;;) {
    const { items, total } = await read(found.length, pageSize)
    found.push(...items)
    if (items.length === 0) return found
    if (items.length < pageSize && (typeof total !== 'number' || found.length >= total)) return found
    if (typeof total === 'number' && found.length >= total) return found
  }
}
