/** Which pictures may be shown. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { listConfirmed } from './picture-table.ts'

/** The drawings that come with the shop: `local/assets/images`. */
const SHIPPED = /^\/?images\/(?:banner|brand|nav|product)\d{1,2}(?:-(?:\d|pair))?\.svg$/

/**
 * Lets in drawings that come with the shop, pictures that were uploaded and confirmed, and what is shown there already:
 * another site's address, and a file that nobody has looked at, cannot get onto a page.
 *
 * @param shown - the pictures that it has now: those of an older shop stay as they are
 * @throws AppError INVALID_PARAMETER naming the first that is refused
 */
export async function admitPictures(
  tx: Pick<Sql, 'rows'>,
  wanted: readonly string[],
  shown: readonly (string | null)[] = [],
): Promise<void> {
  const asked = [...new Set(wanted)].filter((path) => !SHIPPED.test(path) && !shown.includes(path))
  const confirmed = await listConfirmed(tx, asked)
  const refused = asked.find((path) => !confirmed.has(path))
  if (refused !== undefined)
    throw new AppError('INVALID_PARAMETER', { msg: `图片${refused}没有上传，或没有通过检查` })
}
