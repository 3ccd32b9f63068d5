/** Where a picture is: its path behind the CDN's address, when there is one. Absolute URLs stay as they are. */
export function assetUrl<T extends string | null>(base: string, path: T): T | string {
  return path?.startsWith('/') ? base + path : path
}

/** Lines with the address of their picture. */
export function withAssetUrls<T extends { img: string }>(base: string, lines: readonly T[]): T[] {
  return lines.map((line) => ({ ...line, img: assetUrl(base, line.img) }))
}
