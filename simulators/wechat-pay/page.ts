/** The page at `/`: a person's WeChat, to see orders and pay them. One HTML answer, nothing fetched from elsewhere. */
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'

const PAGE = new URL('./page.html', import.meta.url)

/** Answers with the page. */
export async function servePage(response: ServerResponse): Promise<void> {
  const html = await readFile(PAGE)
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    .end(html)
}
