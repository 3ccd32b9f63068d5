/** The two answers that a notify of WeChat Pay can get, to the byte where it matters. */
import assert from 'node:assert/strict'
import type { Reply } from './functions.ts'
import { SUCCESS_XML } from './pay-shop.ts'
import { fromXml } from './wechat-client.ts'

/** "Recorded": WeChat stops. */
export function assertAcknowledged({ body, statusCode, headers }: Reply): void {
  assert.equal(body, SUCCESS_XML)
  assert.equal(statusCode, 200)
  assert.equal(headers['Content-Type'], 'text/xml; charset=utf-8')
}

/** "Not recorded", for this reason: WeChat sends it again. */
export function assertRefused({ body, statusCode, headers }: Reply, reason: string): void {
  assert.deepEqual(fromXml(body), { return_code: 'FAIL', return_msg: reason })
  assert.equal(statusCode, 200)
  assert.equal(headers['Content-Type'], 'text/xml; charset=utf-8')
}
