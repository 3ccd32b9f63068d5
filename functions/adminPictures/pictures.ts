/** Pictures go from the browser straight to the object store; the shop says which, and looks at what has arrived. */
import { type AdminCall, audited } from '#shared/admin'
import { assetUrl } from '#shared/catalogue'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import {
  allowUpload,
  type BucketConfig,
  confirmPicture,
  findPicture,
  headObject,
  insertPicture,
  MAX_PICTURE_SIDE,
  newPicturePath,
  type PictureFacts,
  type PictureRow,
  readHead,
  readPicture,
} from '#shared/pictures'
import type { ConfirmBody, UploadBody } from './schema.ts'

export type PicturesCall = AdminCall & { readonly config: BucketConfig & Pick<Config, 'ASSET_BASE_URL'> }

export interface UploadView {
  /** What `productSave` and `feedSave` take once it is confirmed. */
  path: string
  /** Where the file goes, by PUT, with exactly these headers. */
  url: string
  headers: Readonly<Record<string, string>>
  /** ISO 8601. */
  expiresAt: string
}

/** Allows one upload. Who was allowed what is in the audit log, as every write. */
export async function askUpload({ type, bytes }: UploadBody, call: PicturesCall): Promise<UploadView> {
  const now = call.now()
  const path = newPicturePath(type, now)
  const subject = { action: 'picture.ask', target: `picture:${path}` }
  return audited(call, subject, async (tx) => {
    await insertPicture(tx, { path, type, bytes, by: call.user.id }, now)
    const { url, headers, expiresAt } = allowUpload({ path, type, bytes }, call.config, now)
    return { result: { path, url, headers, expiresAt: expiresAt.toISOString() }, after: { type, bytes } }
  })
}

export interface PictureView {
  path: string
  /** Where it can be seen. */
  url: string
  bytes: number
  /** Pixels. */
  width: number
  height: number
}

/**
 * Looks at what has arrived, and lets it in when it is the picture that was announced. The same again answers the same.
 *
 * @throws AppError RECORD_NOT_FOUND (nobody asked for it), STATE_CONFLICT (nothing has arrived), INVALID_PARAMETER (it is
 * something else), UPSTREAM_FAILED
 */
export async function confirmUpload({ path }: ConfirmBody, call: PicturesCall): Promise<PictureView> {
  const row = await findPicture(call.db, path)
  if (!row) throw new AppError('RECORD_NOT_FOUND', { msg: '没有这次上传' })
  if (row.confirmed_at !== null) return view(row, { width: row.width ?? 0, height: row.height ?? 0 }, call)
  // Before the transaction: no row stays locked while another service is slow.
  const facts = await inspect(row, call)
  await audited(call, { action: 'picture.confirm', target: `picture:${path}` }, async (tx) => {
    await confirmPicture(tx, path, facts, call.now())
    return { result: undefined, after: facts }
  })
  return view(row, facts, call)
}

async function inspect(row: PictureRow, { config, now }: PicturesCall) {
  const object = await headObject(row.path, config, now())
  if (!object) throw new AppError('STATE_CONFLICT', { msg: '图片还没有上传' })
  // Both are signed: what differs was put there by somebody with keys of the bucket.
  if (object.type !== row.content_type || object.bytes !== row.bytes)
    throw refused('图片的格式或大小与申请时不同')
  const facts = readPicture(await readHead(row.path, object, config, now()))
  if (!facts || facts.type !== row.content_type) throw refused('文件内容不是这种格式的图片')
  if (Math.max(facts.width, facts.height) > MAX_PICTURE_SIDE)
    throw refused(`图片的宽和高不能超过${MAX_PICTURE_SIDE}像素`)
  return { ...facts, etag: object.etag }
}

const refused = (msg: string) => new AppError('INVALID_PARAMETER', { msg: `${msg}，请换一张` })

function view(
  { path, bytes }: PictureRow,
  { width, height }: Pick<PictureFacts, 'width' | 'height'>,
  { config }: PicturesCall,
): PictureView {
  return { path, url: assetUrl(config.ASSET_BASE_URL, path), bytes, width, height }
}
