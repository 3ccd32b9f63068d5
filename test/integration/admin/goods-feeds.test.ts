/** The home page, as the shop's people arrange it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import { call } from '../../helpers/functions.ts'

let shop: AdminShop
let keeper: Person

before(async () => {
  shop = await openAdminShop()
  keeper = await shop.admin('catalogue')
})
after(() => shop?.close())

interface Item {
  id: number
  name: string | null
  img: string
  position: number
  startsAt: string | null
}

const post = async (path: string, body: unknown, by: Person = keeper) =>
  (await shop.ask('adminFeeds', path, { body, by })).json
const read = async (name: string) =>
  (await shop.ask('adminFeeds', '/admin/feeds', { query: { name }, by: keeper })).json.data as Item[]
const shown = (path: string) => call(shop.handler('homeFeeds'), { path })
const idsOf = async (path: string) => ((await shown(path)).json.data as { id: number }[]).map(({ id }) => id)
const newId = (json: Record<string, unknown>) => (json.data as { id: number }).id

const banner = { name: 'banners', img: '/images/banner1.svg', link: '/product/1' }

test('a new banner goes last, is shown, and changes the ETag of the feed', async () => {
  const etag = (await shown('/banners')).headers.ETag
  const id = newId(await post('/admin/feedSave', { ...banner, img: '/images/banner2.svg' }))
  assert.equal((await idsOf('/banners')).at(-1), id)
  assert.notEqual((await shown('/banners')).headers.ETag, etag)
  assert.equal((await post('/admin/feedRemove', { name: 'banners', id })).status, 200)
  assert.equal((await shown('/banners')).headers.ETag, etag)
})

test('a banner is shown from its start until its end, and listed for the people all the time', async () => {
  const past = new Date(Date.now() - 3_600_000).toISOString()
  const future = new Date(Date.now() + 3_600_000).toISOString()
  const early = newId(await post('/admin/feedSave', { ...banner, startsAt: future }))
  const over = newId(await post('/admin/feedSave', { ...banner, endsAt: past }))
  const current = newId(await post('/admin/feedSave', { ...banner, startsAt: past, endsAt: future }))
  const ids = await idsOf('/banners')
  assert.deepEqual(
    [early, over, current].map((id) => ids.includes(id)),
    [false, false, true],
  )
  const listed = (await read('banners')).map(({ id }) => id)
  assert.ok([early, over, current].every((id) => listed.includes(id)))
  assert.equal((await post('/admin/feedSave', { ...banner, startsAt: future, endsAt: past })).status, 1010)
})

test('an entry of the grid is written, changed and found again; it needs a name', async () => {
  const entry = { name: 'grid', img: '/images/nav1.svg', link: '/category/1' }
  assert.equal((await post('/admin/feedSave', entry)).status, 1010)
  const id = newId(await post('/admin/feedSave', { ...entry, text: '新品' }))
  assert.equal((await post('/admin/feedSave', { ...entry, id, text: '上新' })).status, 200)
  assert.equal((await read('grid')).find((item) => item.id === id)?.name, '上新')
  assert.equal((await post('/admin/feedSave', { ...entry, id: 999_999, text: '上新' })).status, 1054)
})

test('an order holds for the shop; a list that has changed meanwhile is refused', async () => {
  for (const name of ['banners', 'grid', 'brands'] as const) {
    const ids = (await read(name)).map(({ id }) => id).reverse()
    assert.equal((await post('/admin/feedOrder', { name, ids })).status, 200)
    assert.deepEqual(
      (await read(name)).map(({ id }) => id),
      ids,
    )
    assert.equal((await post('/admin/feedOrder', { name, ids: ids.slice(1) })).status, 1060)
    assert.equal((await post('/admin/feedOrder', { name, ids: [...ids.slice(1), ids[1]] })).status, 1060)
  }
  const brands = await idsOf('/brandList')
  assert.deepEqual(
    brands,
    (await read('brands')).map(({ id }) => id),
  )
})

test('a product enters the sports zone and leaves it; what is not on sale does not enter', async () => {
  const first = (await read('sports'))[0]?.id ?? 0
  assert.equal((await post('/admin/feedRemove', { name: 'sports', id: first })).status, 200)
  assert.ok(!(await idsOf('/sports')).includes(first))
  assert.equal((await post('/admin/feedRemove', { name: 'sports', id: first })).status, 1054)
  assert.equal((await post('/admin/feedAdd', { name: 'sports', id: first })).status, 200)
  assert.equal((await idsOf('/sports')).at(-1), first)
  assert.equal((await post('/admin/feedAdd', { name: 'sports', id: 888_888 })).status, 1054)
  assert.equal((await post('/admin/feedAdd', { name: 'brands', id: 888_888 })).status, 1054)
})

test('two who add at once get two places', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => post('/admin/feedSave', banner)))
  const ids = answers.map(newId)
  const places = (await read('banners')).filter(({ id }) => ids.includes(id)).map(({ position }) => position)
  assert.equal(new Set(places).size, 4)
})

for (const [why, fields] of [
  ['a drawing that was uploaded', { img: '/p/202611/abc.svg' }],
  ['a picture that nobody uploaded', { img: '/p/202611/abc.webp' }],
  ['a picture from elsewhere', { img: 'https://elsewhere.example/a.png' }],
  ['a path out of the folder', { img: '/p/202611/../../a.png' }],
  ['a script as a link', { link: 'javascript:alert(1)' }],
  ['a link to another host', { link: '//elsewhere.example' }],
  ['a link to another host with a backslash', { link: '/\\elsewhere.example' }],
] as const) {
  test(`refuses ${why}`, async () => {
    assert.equal((await post('/admin/feedSave', { ...banner, ...fields })).status, 1010)
  })
}

test('what was there and what came is in the audit log; a refusal is not', async () => {
  const id = newId(await post('/admin/feedSave', banner))
  await post('/admin/feedSave', { ...banner, id, link: '/product/2' })
  await post('/admin/feedRemove', { name: 'banners', id })
  await post('/admin/feedRemove', { name: 'banners', id })
  const entries = (await shop.audits('feed:banners')).slice(-3)
  assert.deepEqual(
    entries.map(({ action, admin_id }) => [action, admin_id]),
    [
      ['feed.save', keeper.id],
      ['feed.save', keeper.id],
      ['feed.remove', keeper.id],
    ],
  )
  assert.equal(JSON.parse(entries[1]?.value_before ?? '').link, '/product/1')
  assert.equal(JSON.parse(entries[1]?.value_after ?? '').link, '/product/2')
  assert.equal(JSON.parse(entries[2]?.value_before ?? '').link, '/product/2')
})

test('an orders clerk sees the feeds and changes none', async () => {
  const clerk = await shop.admin('orders')
  assert.equal(
    (await shop.ask('adminFeeds', '/admin/feeds', { query: { name: 'grid' }, by: clerk })).statusCode,
    200,
  )
  assert.equal((await shop.ask('adminFeeds', '/admin/feedSave', { body: banner, by: clerk })).statusCode, 403)
})
