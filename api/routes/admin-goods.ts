/** Documentation of what the shop's people do with products. */
import Joi from 'joi'
import { exampleWish, wish } from './admin-parts.ts'
import {
  fen,
  list,
  nextCursor,
  nullableNumber,
  nullableText,
  type RouteDocs,
  success,
  text,
  whole,
} from './route-docs.ts'

const product = {
  id: whole(),
  name: text(),
  subtitle: nullableText(),
  img: text('path of the picture, as it is stored'),
  imgUrl: text('where it can be seen'),
  price_fen: fen(),
  old_price_fen: fen(),
  brandId: nullableNumber(),
  categoryId: nullableNumber(),
  gender: text('`women`, `men` or `unisex`'),
  onSale: Joi.boolean().required(),
}
const exampleProduct = {
  id: 13,
  name: '凌步 晨风 日常跑鞋',
  subtitle: '轻软回弹 每天五公里',
  img: '/images/product13-1.svg',
  imgUrl: '/images/product13-1.svg',
  price_fen: 35900,
  old_price_fen: 46900,
  brandId: 1,
  categoryId: 1,
  gender: 'women',
  onSale: true,
}
const saved = [
  success({
    data: Joi.object({
      id: whole(),
      approvalId: nullableNumber('set: it waits for a second person, and nothing was changed'),
    }).required(),
  }),
]
export const adminGoods: Record<string, RouteDocs> = {
  '/admin/products': {
    tag: 'admin',
    operationId: 'listProductsForDesk',
    summary: 'Products on sale and off sale, newest first, or those with these words',
    example: { limit: 1 },
    answers: [success({ data: list(Joi.object(product)), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleProduct], nextCursor: '13' },
  },
  '/admin/product': {
    tag: 'admin',
    operationId: 'showProductForDesk',
    summary: 'One product with its SKUs, their stock, and the price that waits for a second person',
    refusals: [1054],
    example: { id: 13 },
    answers: [
      success({
        data: Joi.object({
          ...product,
          material: nullableText(),
          detail: nullableText(),
          zone: nullableText('`sports`: shown by that feed'),
          pictures: Joi.array().items(Joi.string()).required(),
          pictureUrls: Joi.array().items(Joi.string()).required(),
          skus: list(
            Joi.object({
              id: whole(),
              skuCode: text(),
              colour: Joi.string().allow('').required(),
              sizeMm: whole('length of the foot; 0: no sizes').min(0),
              euX10: nullableNumber('EU size in tenths'),
              usX10: nullableNumber(),
              spec: text(),
              price_fen: fen(),
              maxPerOrder: nullableNumber(),
              onSale: Joi.boolean().required(),
              countsStock: Joi.boolean().required(),
              available: whole().min(0),
              reserved: whole().min(0),
            }),
          ),
          waiting: Joi.object({ approvalId: whole(), askedBy: whole() }).allow(null).required(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        ...exampleProduct,
        material: null,
        detail: null,
        zone: null,
        pictures: ['/images/product13-pair.svg'],
        pictureUrls: ['/images/product13-pair.svg'],
        skus: [
          {
            id: 13,
            skuCode: 'LB-13-P-220',
            colour: '粉色',
            sizeMm: 220,
            euX10: 350,
            usX10: 50,
            spec: '粉色 35码',
            price_fen: 35900,
            maxPerOrder: null,
            onSale: true,
            countsStock: true,
            available: 13,
            reserved: 0,
          },
        ],
        waiting: null,
      },
    },
  },
  '/admin/productSave': {
    tag: 'admin',
    operationId: 'saveProduct',
    summary: 'Writes a product: without `id` a new one',
    description:
      'Search follows in the same transaction. A price below 30 % of the old one waits for a second person (`approvalId`). Where there are sizes, the price is that of the cheapest SKU on sale. Pictures are those that come with the shop, those that the product has, and those of `/admin/pictureConfirm`.',
    refusals: [1054, 1060],
    example: {
      name: '凌步 试款 跑鞋',
      img: '/images/product13-1.svg',
      price_fen: 29900,
      old_price_fen: 39900,
      brandId: 1,
      categoryId: 1,
      onSale: false,
    },
    answers: saved,
    exampleAnswer: { status: 200, data: { id: 73, approvalId: null } },
  },
  '/admin/skusSave': {
    tag: 'admin',
    operationId: 'saveSkus',
    summary: 'Writes SKUs of a product: those with an `id` are rewritten, the others are new',
    description: 'None is deleted, because orders name them: `onSale: false` takes one off sale.',
    refusals: [1054, 1060],
    example: {
      productId: 13,
      skus: [
        { skuCode: 'LB-13-P-250', colour: '粉色', sizeMm: 250, euX10: 405, price_fen: 35900, onSale: true },
      ],
    },
    answers: saved,
    exampleAnswer: { status: 200, data: { id: 13, approvalId: null } },
  },
  '/admin/skusImport': {
    tag: 'admin',
    operationId: 'importSkus',
    summary: 'Writes a table of sizes (CSV) as a whole, or says which lines are wrong',
    description:
      'Columns by their names in the first line: 货号, 商品编号, 颜色, 脚长, 售价(元), 在售 (是 or 否), and 欧码 if wanted. A new code is a new SKU, another one is rewritten; the same file again changes nothing. Up to 500 lines. 1010 has `data.errors`, each with its `line` of the file and `msg`. Without `dryRun: false` it only looks.',
    example: {
      csv: '货号,商品编号,颜色,脚长,欧码,售价(元),在售\r\nLB-13-P-255,13,粉色,255,41,359.00,是\r\n',
      dryRun: true,
    },
    answers: [
      success({
        data: Joi.object({
          created: whole('new SKUs').min(0),
          changed: whole().min(0),
          unchanged: whole('lines that say what is there').min(0),
          applied: Joi.boolean().required().description('`false`: it was only looked at'),
        }).required(),
      }),
    ],
    exampleAnswer: { status: 200, data: { created: 1, changed: 0, unchanged: 0, applied: false } },
  },
  '/admin/priceWishes': {
    tag: 'admin',
    operationId: 'listPriceWishes',
    summary: 'Prices that wait for a second person',
    answers: [success({ data: list(wish), nextCursor })],
    exampleAnswer: {
      status: 200,
      data: [exampleWish({ product: { id: 13, price_fen: 5900 } }, 'product:13')],
      nextCursor: null,
    },
  },
  '/admin/priceDecide': {
    tag: 'admin',
    operationId: 'decidePrice',
    summary: 'A second person agrees to a price, or does not',
    refusals: [1054, 1060],
    example: { approvalId: 3, approve: true },
    answers: [success({ msg: text() })],
    exampleAnswer: { status: 200, msg: '已按新价格更新' },
  },
}
