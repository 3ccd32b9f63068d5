/** Where a picture is: its path behind the CDN's address, when there is one. Absolute URLs stay as they are. */
export function assetUrl<T extends string | null>(base: string, path: T): T | string {
  return path?.startsWith('/') ? base + path : path
}
