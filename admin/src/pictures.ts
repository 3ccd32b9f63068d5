/** A picture on its way: asked for, sent straight to the object store, looked at by the shop. */
import { post, ShopError } from './api.ts'

/** What the shop lets in; said here too, so that nobody waits for an upload that is refused. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp']
const maxBytes = 5 * 1024 * 1024
const timeoutMs = 5 * 60_000

/** A picture that may be shown. */
export interface Picture {
  /** What the shop stores. */
  path: string
  /** Where it can be seen. */
  url: string
}

interface Upload {
  path: string
  url: string
  headers: Record<string, string>
}

/** Why a file need not be tried; empty when it may be. */
export function refusalOf(file: File): string {
  if (!pictureTypes.includes(file.type)) return '只支持 JPEG、PNG、WebP 格式的图片'
  return file.size > maxBytes ? '图片不能超过 5 MB' : ''
}

/**
 * Uploads one file that is not refused.
 *
 * @param onProgress - gets the share that has been sent, from 0 to 1
 * @throws ShopError whose message can be shown
 */
export async function uploadPicture(file: File, onProgress: (share: number) => void): Promise<Picture> {
  const upload = await post<Upload>('/admin/pictureUpload', { type: file.type, bytes: file.size })
  await send(upload, file, onProgress)
  return post<Picture>('/admin/pictureConfirm', { path: upload.path })
}

/** `fetch` does not say how far an upload has come. */
function send({ url, headers }: Upload, file: File, onProgress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.timeout = timeoutMs
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () =>
      request.status === 200 ? resolve() : reject(new ShopError('图片存储拒绝了这次上传，请重试'))
    request.onerror = () => reject(new ShopError('图片没有传上去，请检查网络后重试'))
    request.ontimeout = () => reject(new ShopError('上传超时，请重试'))
    request.send(file)
  })
}
