/** What each route may cost at the database in an instance that is warm; lower a figure when it has become less. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { loadFunction } from '../../helpers/functions.ts'
import { counted } from '../../helpers/round-trips.ts'
import { type HttpFunction, openWholeShop, outcome, send, type WholeShop } from '../../helpers/whole-shop.ts'

let shop: WholeShop
let wire: DatabaseProxy

before(async () => {
  shop = await openWholeShop()
  wire = await startDatabaseProxy(shop.database.url)
})
after(async () => {
  await wire.close()
  await shop.close()
})

const mostRoundTrips: Record<HttpFunction, number> = {
  homeFeeds: 1,
  categories: 1,
  register: 10,
  login: 6,
  sms: 14,
  wxOrder: 20,
  queryOrder: 5,
  orders: 4,
  closeOrder: 3,
  wxNotify: 6,
  refundNotify: 2,
}

for (const [name, most] of Object.entries(mostRoundTrips) as [HttpFunction, number][])
  test(`${name} asks the database ${most} times at most`, async () => {
    await shop.with({ DATABASE_URL: wire.url }, async () => {
      const handler = loadFunction(name)
      // By the third time every statement is prepared, and what is to be paid is paid.
      for (let i = 0; i < 3; i++) await send(shop, name, handler)
      const { roundTrips, statements, connections, result } = await counted(wire, () =>
        send(shop, name, handler),
      )
      assert.match(outcome(result), /^200 /)
      assert.equal(connections, 0)
      assert.ok(roundTrips > 0 && roundTrips <= most, `${roundTrips}: ${statements.join('\n')}`)
      assert.equal(roundTrips, statements.length, 'nothing is prepared, nobody is asked whether he lives')
    })
  })
