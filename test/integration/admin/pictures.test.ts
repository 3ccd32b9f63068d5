/** Pictures: asked for, sent straight to the object store, looked at there, and only then let onto a page. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import { HTML, JPEG, makePng, SVG, WEBP } from '../../helpers/picture-files.ts'

let shop: AdminShop
let keeper: Person

before(async () => {
  shop = await openAdminShop()
  keeper = await shop.admin('catalogue')
})
after(() => shop?.close())

interface Upload {
  path: string
  url: string
  headers: Record<string, string>
  expiresAt: string
}

const post = async (path: string, body: unknown, by: Person | undefined = keeper) =>
  (await shop.ask('adminPictures', path, { body, by })).json
const confirm = (path: string) => post('/admin/pictureConfirm', { path })

async function askFor(type: string, bytes: number): Promise<Upload> {
  const { status, msg, data } = await post('/admin/pictureUpload', { type, bytes })
  assert.equal(status, 200, String(msg))
  return data as Upload
}

/** As the browser does it. */
const send = ({ url, headers }: Upload, file: Buffer, changes: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', headers: { ...headers, ...changes }, body: new Uint8Array(file) })

async function uploaded(type: string, file: Buffer): Promise<Upload> {
  const upload = await askFor(type, file.length)
  const answer = await send(upload, file)
  assert.equal(answer.status, 200, await answer.text())
  return upload
}

async function confirmed(type: string, file: Buffer): Promise<string> {
  const { path } = await uploaded(type, file)
  assert.equal((await confirm(path)).status, 200)
  return path
}

const product = {
  name: '凌步 图样 跑鞋',
  price_fen: 29900,
  old_price_fen: 39900,
  brandId: 1,
  categoryId: 1,
  onSale: false,
}
const saveProduct = async (fields: object) =>
  (await shop.ask('adminCatalogue', '/admin/productSave', { body: { ...product, ...fields }, by: keeper }))
    .json
const saveFeed = async (fields: object) =>
  (
    await shop.ask('adminFeeds', '/admin/feedSave', {
      body: { name: 'banners', link: '/product/1', ...fields },
      by: keeper,
    })
  ).json

for (const [type, file, extension] of [
  ['image/jpeg', JPEG, 'jpg'],
  ['image/png', makePng(), 'png'],
  ['image/webp', WEBP, 'webp'],
] as const) {
  test(`${type}: asked, sent, confirmed, and then on a product and a banner`, async () => {
    const upload = await uploaded(type, file)
    const { path } = upload
    assert.match(path, new RegExp(`^/p/\\d{6}/[\\w-]{22}\\.${extension}$`))
    const left = Date.parse(upload.expiresAt) - Date.now()
    assert.ok(left > 0 && left <= 600_000, upload.expiresAt)

    const { status, data } = await confirm(path)
    assert.deepEqual([status, data], [200, { path, url: path, bytes: file.length, width: 12, height: 7 }])
    const saved = await saveProduct({ img: path, pictures: [path, '/images/product13-2.svg'] })
    assert.equal(saved.status, 200, String(saved.msg))
    assert.equal((await saveFeed({ img: path })).status, 200)

    const { id } = saved.data as { id: number }
    const shown = await shop.ask('adminCatalogue', '/admin/product', {
      query: { id: String(id) },
      by: keeper,
    })
    const view = shown.json.data as { img: string; imgUrl: string; pictures: string[]; pictureUrls: string[] }
    assert.deepEqual([view.img, view.imgUrl], [path, path])
    assert.deepEqual(view.pictureUrls, view.pictures)
  })
}

test('with a CDN, addresses begin with its own', async () => {
  const path = await confirmed('image/png', makePng())
  await shop.with({ ASSET_BASE_URL: 'https://cdn.example' }, async () => {
    assert.equal(((await confirm(path)).data as { url: string }).url, `https://cdn.example${path}`)
    const { data } = await saveProduct({ img: path })
    const { id } = data as { id: number }
    const shown = await shop.ask('adminCatalogue', '/admin/product', {
      query: { id: String(id) },
      by: keeper,
    })
    assert.equal((shown.json.data as { imgUrl: string }).imgUrl, `https://cdn.example${path}`)
  })
})

describe('what is not confirmed stays off every page (defect 25 of shop.md, section 11)', () => {
  test('asked for; sent; sent by somebody else; never asked for', async () => {
    const asked = await askFor('image/png', 100)
    const sent = await uploaded('image/png', makePng())
    for (const img of [asked.path, sent.path, '/p/202611/AAAAAAAAAAAAAAAAAAAAAA.png', '/p/202611/abc.webp']) {
      assert.equal((await saveProduct({ img })).status, 1010, img)
      assert.equal((await saveProduct({ img: '/images/product1.svg', pictures: [img] })).status, 1010, img)
      assert.equal((await saveFeed({ img })).status, 1010, img)
    }
    assert.equal((await confirm(sent.path)).status, 200)
    assert.equal((await saveProduct({ img: sent.path })).status, 200)
  })

  test('drawings are those that come with the shop, not any that somebody names', async () => {
    for (const img of [
      '/images/shell.svg',
      '/images/product1.png',
      '/images/product1-evil.svg',
      '/images/../p/a.svg',
      '/p/202611/AAAAAAAAAAAAAAAAAAAAAA.svg',
      'https://elsewhere.example/a.png',
      '//elsewhere.example/a.png',
      'data:image/png;base64,AAAA',
    ]) {
      assert.equal((await saveProduct({ img })).status, 1010, img)
      assert.equal((await saveFeed({ img })).status, 1010, img)
    }
    for (const img of ['/images/product13-pair.svg', '/images/banner1.svg', '/images/nav8.svg'])
      assert.equal((await saveProduct({ img })).status, 200, img)
  })

  test('what an older shop shows already stays, there and nowhere else', async () => {
    const { data } = await saveProduct({ img: '/images/product1.svg', pictures: ['/images/product2.svg'] })
    const { id } = data as { id: number }
    await shop.database.query("UPDATE product SET img = '/images/nike.jpg' WHERE id = ?", [id])
    await shop.database.query("UPDATE product_img SET path = '/images/old.png' WHERE product_id = ?", [id])
    const own = { img: '/images/old.png', pictures: ['/images/nike.jpg'] }
    assert.equal((await saveProduct({ ...own, id })).status, 200)
    assert.equal((await saveProduct(own)).status, 1010)
  })
})

describe('confirming refuses', () => {
  for (const [what, type, file] of [
    ['SVG that says it is a PNG', 'image/png', SVG],
    ['HTML that says it is a JPEG', 'image/jpeg', HTML],
    ['HTML behind the first bytes of a JPEG', 'image/jpeg', Buffer.concat([JPEG.subarray(0, 3), HTML])],
    ['a PNG that says it is a WebP', 'image/webp', makePng()],
    ['a small file that says it is huge', 'image/png', hugePng()],
  ] as const) {
    test(what, async () => {
      const { path } = await uploaded(type, file)
      const { status, msg } = await confirm(path)
      assert.deepEqual([status, /请换一张/.test(String(msg))], [1010, true])
      assert.equal((await saveProduct({ img: path })).status, 1010)
      assert.deepEqual(
        (await shop.audits(`picture:${path}`)).map(({ action }) => action),
        ['picture.ask'],
      )
    })
  }

  test('what has not arrived, and what nobody asked for', async () => {
    const { path } = await askFor('image/png', 100)
    assert.equal((await confirm(path)).status, 1060)
    assert.equal((await confirm('/p/202611/AAAAAAAAAAAAAAAAAAAAAA.png')).status, 1054)
    for (const odd of ['/p/202611/../../a.png', '/p/202611/abc.svg', 'p/202611/a.png', ''])
      assert.equal((await confirm(odd)).status, 1010, odd)
  })

  test('another object in its place, put there with keys of the bucket', async () => {
    const file = makePng()
    const { path } = await askFor('image/png', file.length + 1)
    await shop.cos.put(path.slice(1), file, 'image/png')
    assert.equal((await confirm(path)).status, 1010)
    const other = await askFor('image/png', file.length)
    await shop.cos.put(other.path.slice(1), file, 'text/html')
    assert.equal((await confirm(other.path)).status, 1010)
  })
})

describe('an upload is allowed for one file', () => {
  test('of this type and length: the store refuses any other', async () => {
    const file = makePng()
    const upload = await askFor('image/png', file.length)
    assert.equal((await send(upload, file, { 'content-type': 'text/html' })).status, 403)
    assert.equal((await send(upload, Buffer.concat([file, HTML]))).status, 403)
    assert.equal((await send(upload, file, { 'x-cos-forbid-overwrite': 'false' })).status, 403)
    const elsewhere = { ...upload, url: upload.url.replace(upload.path, '/p/202611/other.png') }
    assert.equal((await send(elsewhere, file)).status, 403)
    assert.equal((await fetch(upload.url, { method: 'GET' })).status, 403)
    assert.equal((await send(upload, file)).status, 200)
  })

  test('for ten minutes', async () => {
    const file = makePng()
    const upload = await askFor('image/png', file.length)
    await shop.laterAtCos(601_000, async () => {
      const late = await send(upload, file)
      assert.equal(late.status, 403)
      assert.match(await late.text(), /Request has expired/)
    })
    assert.equal((await confirm(upload.path)).status, 1060)
  })

  test('once: who kept the link cannot put something else there, before or after it was confirmed', async () => {
    const file = makePng()
    const other = makePng(7, 12)
    // The same length, so that nothing but the store's own rule is in the way.
    const [longer, shorter] = file.length >= other.length ? [file, other] : [other, file]
    const padded = Buffer.concat([shorter, Buffer.alloc(longer.length - shorter.length)])
    const upload = await uploaded('image/png', longer)
    assert.equal((await send(upload, padded)).status, 409)
    assert.equal((await confirm(upload.path)).status, 200)
    assert.equal((await send(upload, padded)).status, 409)
    const stored = (await shop.cos.objects()).find(({ key }) => `/${key}` === upload.path)
    assert.equal(stored?.bytes, longer.length)
  })
})

test('confirmed twice, also at once, it is the same picture, and the log has it once at least', async () => {
  const { path } = await uploaded('image/webp', WEBP)
  const answers = await Promise.all([1, 2, 3].map(() => confirm(path)))
  const again = await confirm(path)
  for (const { status, data } of answers) assert.deepEqual([status, data], [200, again.data])
  const asked = shop.cos.calls.length
  await confirm(path)
  assert.equal(shop.cos.calls.length, asked, 'nobody asks the store again')
  const [first, second] = await shop.audits(`picture:${path}`)
  assert.deepEqual([first?.action, first?.admin_id], ['picture.ask', keeper.id])
  assert.deepEqual(JSON.parse(first?.value_after ?? ''), { type: 'image/webp', bytes: WEBP.length })
  assert.deepEqual([second?.action, second?.admin_id], ['picture.confirm', keeper.id])
})

test('newbee-mall#119; gumroad#1116; gila#52: SVG and other types, and sizes, that are not let in are refused before anything is signed', async () => {
  for (const body of [
    { type: 'image/svg+xml', bytes: 100 },
    { type: 'image/gif', bytes: 100 },
    { type: 'text/html', bytes: 100 },
    { type: 'image/png', bytes: 5 * 1024 * 1024 + 1 },
    { type: 'image/png', bytes: 0 },
    { type: 'image/png', bytes: 1.5 },
    { type: 'image/png' },
    { bytes: 100 },
  ])
    assert.equal((await post('/admin/pictureUpload', body)).status, 1010, JSON.stringify(body))
  await askFor('image/png', 5 * 1024 * 1024)
})

test('who may not write pictures gets no link and confirms none', async () => {
  const { path } = await uploaded('image/png', makePng())
  for (const role of ['orders', 'finance', 'auditor'] as const) {
    const other = await shop.admin(role)
    const body = { type: 'image/png', bytes: 100 }
    assert.equal(
      (await shop.ask('adminPictures', '/admin/pictureUpload', { body, by: other })).statusCode,
      403,
    )
    const confirming = await shop.ask('adminPictures', '/admin/pictureConfirm', { body: { path }, by: other })
    assert.equal(confirming.statusCode, 403)
  }
  assert.equal((await post('/admin/pictureUpload', {}, shop.shopper() as unknown as Person)).status, 401)
  assert.equal((await saveProduct({ img: path })).status, 1010)
})

describe('when the object store fails', () => {
  for (const fault of [
    { kind: 'error', method: 'HEAD', status: 403, code: 'AccessDenied' },
    { kind: 'http500', method: 'HEAD' },
    { kind: 'reset', method: 'HEAD' },
    { kind: 'http500', method: 'GET' },
    { kind: 'garbage', method: 'GET' },
    { kind: 'replyLost', method: 'GET' },
  ] as const) {
    test(`${fault.method} ${fault.kind}: 502, and confirming works later`, async () => {
      const { path } = await uploaded('image/png', makePng())
      const disarm = shop.cos.faults.add(fault)
      try {
        const answer = await shop.ask('adminPictures', '/admin/pictureConfirm', {
          body: { path },
          by: keeper,
        })
        assert.deepEqual([answer.statusCode, answer.json.status], [502, 502])
        assert.doesNotMatch(answer.body, /object store|HEAD|GET|q-sign/)
      } finally {
        disarm()
      }
      assert.equal((await confirm(path)).status, 200)
    })
  }

  test('with the wrong secret nothing is let in, and the secret is in no log', async () => {
    const { path } = await uploaded('image/png', makePng())
    const secret = 'another-secret-of-the-tests-0001'
    shop.logs.clear()
    await shop.with({ COS_SECRET_KEY: secret }, async () => {
      const answer = await shop.ask('adminPictures', '/admin/pictureConfirm', { body: { path }, by: keeper })
      assert.equal(answer.statusCode, 502)
    })
    const [line] = shop.logs.of('upstream_failed')
    assert.match(JSON.stringify(line), /HEAD answered 403/)
    assert.doesNotMatch(JSON.stringify(shop.logs.entries), new RegExp(`${secret}|q-signature`))
    assert.equal((await confirm(path)).status, 200)
  })
})

/** A real PNG whose head says more than is in it. */
function hugePng(): Buffer {
  const file = Buffer.from(makePng())
  file.writeUInt32BE(50_000, 16)
  return file
}
