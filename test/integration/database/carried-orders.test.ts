/** Orders of a Koa shop and of an earlier release live on: they are listed, paid, refunded; what was sold is sold on. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestDatabase } from '../../helpers/database.ts'
import { applyEarlierRelease } from '../../helpers/earlier-release.ts'
import { createKoaTables, fill, placedRow } from '../../helpers/koa-database.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'
import { type Shopper, tokenOf } from '../../helpers/pay-shop.ts'
import { newRefundNo } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { call, orderParams } from '../../helpers/wechat-client.ts'

/** What the shop of before had placed: nobody has paid it yet. */
const NUMBER = '1636959135847'
const FEN = 49_900
const merchant = { appid: TEST_MERCHANT.appid, mch_id: TEST_MERCHANT.mchId }

const shops: Record<string, (database: TestDatabase) => Promise<void>> = {
  async 'an earlier release'(database) {
    await applyEarlierRelease(database)
    await fill(database, 'user', [{ id: 7, username: 'anna', password: 'x', mobile: '13800138007' }])
    await fill(database, 'product', [
      { id: 1, name: '凌步 云弹缓震跑鞋', img: '/images/product1.svg', price_fen: FEN, old_price_fen: FEN },
    ])
    const order = { ...merchant, user_id: 7, nonce_str: 'n', out_trade_no: NUMBER, total_fee: FEN }
    await fill(database, 'payorder', [{ ...order, trade_state: 'NOTPAY', created_at: new Date() }])
    const [row] = await database.query<{ id: number }>('SELECT id FROM payorder')
    const item = { product_id: 1, name: '凌步 云弹缓震跑鞋', img: '/images/product1.svg' }
    await fill(database, 'order_item', [{ order_id: row?.id, ...item, price_fen: FEN, quantity: 1 }])
  },
  async 'a Koa shop'(database) {
    await createKoaTables(database, { payorder: 'order', charset: 'utf8' })
    await fill(database, 'payorder', [
      placedRow({ ...merchant, out_trade_no: NUMBER, total_fee: String(FEN) }),
    ])
  },
}

for (const [name, carriedOver] of Object.entries(shops)) {
  describe(`orders of ${name}`, () => {
    let shop: OrderShop
    const anna: Shopper = { id: 7, token: tokenOf(7) }

    before(async () => {
      shop = await openOrderShop({ carriedOver })
      const params = orderParams({ out_trade_no: NUMBER, total_fee: String(FEN), notify_url: shop.notifyUrl })
      const answer = await call(shop.wechat.url, '/pay/unifiedorder', params)
      assert.equal(answer.result_code, 'SUCCESS', JSON.stringify(answer))
    })
    after(() => shop?.close())

    test('are paid after the change of shops, once, and refunded', async () => {
      shop.wechat.pay(NUMBER)
      await shop.wechat.waitForNotify(NUMBER, { until: 'accepted' })
      const rows = await shop.database.query('SELECT trade_state, total_fee, gateway FROM payorder')
      assert.deepEqual(rows, [{ trade_state: 'SUCCESS', total_fee: FEN, gateway: 'wechat-v2' }])

      const out_refund_no = newRefundNo()
      await shop.refund({ out_trade_no: NUMBER, out_refund_no, refund_fee: FEN })
      await shop.refundArrives(out_refund_no)
      assert.deepEqual(
        (await shop.refundsOf(NUMBER)).map(({ status, refund_fee }) => [status, Number(refund_fee)]),
        [['SUCCESS', FEN]],
      )
    })

    test('stand in their owner’s list, when the shop of before knew whose they were', async () => {
      const { json } = await shop.get('orders', '/orders', {}, anna)
      const numbers = (json.data as { out_trade_no: string }[]).map(({ out_trade_no }) => out_trade_no)
      assert.deepEqual(numbers, name === 'a Koa shop' ? [] : [NUMBER])
    })

    test('stand beside new ones, of the products that are there, to an address', async () => {
      const by = shop.shopper()
      const [sku] = await shop.database.query<{ id: number }>('SELECT id FROM sku WHERE product_id = 1')
      assert.ok(sku)
      const placed = await shop.paid(by, [{ skuId: sku.id, quantity: 1 }])
      assert.equal((await shop.stored(placed.order_no)).state, 'PAID')
      assert.deepEqual(await shop.stockFaults(), [])
    })
  })
}
