/**
 * `npm run demo-catalogue`: draws the pictures into `local/assets/images/` and writes `sql/seed/*.sql` of the demo
 * catalogue. The files are part of the source; run it after a change here.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawFeeds, drawPair, drawProduct } from './draw.ts'
import { BRANDS, MODELS, type Model } from './models.ts'
import { COLOURS, SHOES } from './shoe.ts'

const root = join(import.meta.dirname, '../..')
const pictures = join(root, 'local/assets/images')
const seeds = join(root, 'sql/seed')

/** Products 1 to 12: the sports zone, sold by their number as the tutorial's storefronts do. */
const ZONE: readonly (readonly [name: string, brandId: number, fen: number, oldFen: number])[] = [
  ['凌步 云弹缓震跑鞋', 1, 49900, 69900],
  ['跃川 城市通勤慢跑鞋', 2, 32900, 45900],
  ['追风 碳板竞速跑鞋', 3, 129900, 159900],
  ['凌步 透气网面训练鞋', 1, 27900, 39900],
  ['跃川 高帮实战篮球鞋', 2, 59900, 79900],
  ['追风 轻量羽毛球鞋', 3, 38900, 49900],
  ['素履 经典低帮帆布鞋', 10, 15900, 19900],
  ['青禾 厚底小白鞋', 11, 19999, 26900],
  ['山行 防水徒步鞋', 13, 54900, 72900],
  ['野径 越野跑鞋', 14, 46900, 59900],
  ['云裳 一脚蹬健步鞋', 4, 22900, 29900],
  ['绅步 软底休闲鞋', 8, 36900, 45900],
]

/** Length of the foot to EU size in tenths; US sizes differ by gender. */
const SIZES: readonly (readonly [mm: number, eu: number])[] = [
  [220, 350],
  [225, 355],
  [230, 360],
  [235, 370],
  [240, 380],
  [245, 390],
  [250, 400],
  [255, 405],
  [260, 410],
  [265, 420],
  [270, 425],
  [275, 430],
  [280, 440],
]

const usSize = (mm: number, gender: Model['gender']) => mm - (gender === 'women' ? 170 : 180)

const range = { women: [220, 250], men: [240, 280], unisex: [225, 275] } as const

function sizesOf(gender: Model['gender']) {
  const [from, to] = range[gender]
  return SIZES.filter(([mm]) => mm >= from && mm <= to)
}

const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)

const statements: string[] = []

function insert(table: string, columns: string, rows: readonly string[]): void {
  statements.push(`INSERT INTO ${table} (${columns}) VALUES\n  ${rows.join(',\n  ')};\n`)
}

function save(name: string, svg: string): void {
  // Attributes in double quotes, as formatters of other tools write them.
  writeFileSync(join(pictures, `${name}.svg`), `${svg.replaceAll("'", '"')}\n`)
}

const categoryOf = (brandId: number) => BRANDS[brandId - 1]?.categoryId ?? 1

mkdirSync(pictures, { recursive: true })
drawFeeds(save)
SHOES.forEach((shoe, index) => {
  save(`product${index + 1}`, drawProduct(shoe))
})

const products: string[] = ZONE.map(
  ([name, brandId, fen, oldFen], index) =>
    `(${index + 1}, ${text(name)}, '/images/product${index + 1}.svg', ${fen}, ${oldFen}, ${brandId}, ${categoryOf(brandId)}, 'unisex', 'sports', NULL, NULL, NULL)`,
)
const skus: string[] = ZONE.map(
  ([, , fen], index) => `(${index + 1}, ${index + 1}, 'P${index + 1}', '', 0, NULL, NULL, ${fen}, NULL, 0)`,
)
const images: string[] = []
const stock: string[] = []
const moves: string[] = []
let skuId = skus.length

MODELS.forEach((model, index) => {
  const id = ZONE.length + index + 1
  model.colours.forEach((colour, at) => {
    const shoe = { cut: model.cut, sole: model.sole, mark: model.mark, colors: COLOURS[colour] }
    save(`product${id}-${at + 1}`, drawProduct(shoe))
    if (at === 0) save(`product${id}-pair`, drawPair(shoe))
  })
  const first = `/images/product${id}-1.svg`
  products.push(
    `(${id}, ${text(model.name)}, '${first}', ${model.priceYuan * 100}, ${model.oldYuan * 100}, ${model.brandId}, ${categoryOf(model.brandId)}, '${model.gender}', NULL, ${text(model.subtitle)}, ${text(model.material)}, ${text(model.detail)})`,
  )
  images.push(`(${id}, 1, '/images/product${id}-pair.svg')`)
  model.colours.slice(1).forEach((_, at) => {
    images.push(`(${id}, ${at + 2}, '/images/product${id}-${at + 2}.svg')`)
  })
  model.colours.forEach((colour, at) => {
    for (const [mm, eu] of sizesOf(model.gender)) {
      skuId += 1
      const us = usSize(mm, model.gender)
      skus.push(
        `(${skuId}, ${id}, 'P${id}-${at + 1}-${mm}', ${text(colour)}, ${mm}, ${eu}, ${us}, ${model.priceYuan * 100}, '/images/product${id}-${at + 1}.svg', 1)`,
      )
      // Every eleventh SKU is sold out, and every seventh nearly: a shop is never full.
      const pairs = skuId % 11 === 0 ? 0 : skuId % 7 === 0 ? 2 : 12 + ((skuId * 37) % 40)
      stock.push(`(${skuId}, ${pairs})`)
      if (pairs > 0) moves.push(`(${skuId}, 'adjust', 'Jopening', ${pairs}, '2026-11-26 00:00:00')`)
    }
  })
})

insert(
  'product',
  'id, name, img, price_fen, old_price_fen, brand_id, category_id, gender, zone, subtitle, material, detail',
  products,
)
insert('product_img', 'product_id, position, path', images)
insert('sku', 'id, product_id, sku_code, colour, size_mm, eu_x10, us_x10, price_fen, img, counts_stock', skus)
insert('sku_stock', 'sku_id, available', stock)
insert('stock_move', 'sku_id, kind, ref, quantity, at', moves)
insert(
  'size_chart',
  'brand_id, gender, size_mm, eu_x10, us_x10',
  BRANDS.flatMap(({ id }) =>
    (['women', 'men', 'unisex'] as const).flatMap((gender) =>
      sizesOf(gender).map(([mm, eu]) => `(${id}, '${gender}', ${mm}, ${eu}, ${usSize(mm, gender)})`),
    ),
  ),
)
// All of it or nothing: a product without its SKUs could not be bought.
writeFileSync(join(seeds, 'product.sql'), `START TRANSACTION;\n${statements.join('')}COMMIT;\n`)
console.log(`${products.length} products, ${skus.length} SKUs`)
