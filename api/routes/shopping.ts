/** Documentation of shopping before the order: products in sizes, the cart, addresses, the checkout. */
import Joi from 'joi'
import { fen, list, nextCursor, type RouteDocs, success, text, whole } from './route-docs.ts'

const nullable = (description?: string) => {
  const schema = Joi.string().allow(null, '').required()
  return description ? schema.description(description) : schema
}
const yuan = (description: string) => Joi.number().min(0).required().description(description)

const product = {
  id: whole(),
  name: text(),
  subtitle: nullable(),
  img: text('address of the picture'),
  price: yuan('in yuan: the lowest price of its SKUs'),
  oldPrice: yuan('in yuan'),
  price_fen: fen(),
  brandId: Joi.number().integer().allow(null).required(),
  categoryId: Joi.number().integer().allow(null).required(),
  gender: text('`women`, `men` or `unisex`'),
}

const exampleProduct = {
  id: 13,
  name: '凌步 晨风 日常跑鞋',
  subtitle: '轻软回弹 每天五公里',
  img: '/images/product13-1.svg',
  price: 359,
  oldPrice: 469,
  price_fen: 35900,
  brandId: 1,
  categoryId: 1,
  gender: 'women',
}

const cartLine = Joi.object({
  skuId: whole(),
  productId: Joi.number().integer().allow(null).required(),
  name: text(),
  spec: text('colour and size in words'),
  img: text(),
  price_fen: fen(),
  seen_price_fen: fen(),
  quantity: whole().min(1),
  selected: Joi.boolean().required(),
  state: text('`ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone`'),
  left: whole('pairs that can be had').min(0),
})
const exampleLine = {
  skuId: 13,
  productId: 13,
  name: '凌步 晨风 日常跑鞋',
  spec: '粉色 35码',
  img: '/images/product13-1.svg',
  price_fen: 35900,
  seen_price_fen: 35900,
  quantity: 1,
  selected: true,
  state: 'ok',
  left: 13,
}
const wholeCart = [success({ data: list(cartLine) })]
const exampleCart = { status: 200, data: [exampleLine] }

const address = Joi.object({
  id: whole(),
  receiver: text(),
  mobile: text(),
  regionCode: text('six digits: the district'),
  region: text('province, city and district in words'),
  detail: text(),
  isDefault: Joi.boolean().required(),
})
const exampleAddress = {
  id: 1,
  receiver: '张三',
  mobile: '13800138000',
  regionCode: '440305',
  region: '广东省深圳市南山区',
  detail: '科技园路1号1栋101',
  isDefault: true,
}
const { id: _id, region: _region, ...addressFields } = exampleAddress
const done = (msg: string) => ({ status: 200, msg })

export const shopping: Record<string, RouteDocs> = {
  '/products': {
    tag: 'shopping',
    operationId: 'listProducts',
    summary: 'Products by newest or price, of a brand, a category, a gender, or with a size in stock',
    description: '`size` is an EU size in tenths: `425` is 42.5.',
    example: { sort: 'price_up', brandId: 1, limit: 1 },
    answers: [success({ data: list(Joi.object(product)), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleProduct], nextCursor: '35900.13' },
  },
  '/products/detail': {
    tag: 'shopping',
    operationId: 'showProduct',
    summary: 'One product with its SKUs, what is left of each, pictures and size chart',
    refusals: [1054],
    example: { id: 13 },
    answers: [
      success({
        data: Joi.object({
          ...product,
          brandName: nullable(),
          material: nullable(),
          detail: nullable(),
          pictures: Joi.array().items(Joi.string()).required(),
          skus: list(
            Joi.object({
              skuId: whole(),
              colour: text(),
              sizeMm: whole('length of the foot; 0: no sizes'),
              eu: nullable('EU size'),
              us: nullable('US size'),
              spec: text('colour and size in words'),
              img: text(),
              price_fen: fen(),
              left: whole('pairs that can be had: exact up to 10').min(0),
              maxPerOrder: Joi.number().integer().allow(null).required(),
            }),
          ),
          sizeChart: list(Joi.object({ sizeMm: whole(), eu: text(), us: text() })),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        ...exampleProduct,
        brandName: '凌步',
        material: '鞋面：织物与合成革；内里：织物；鞋底：橡胶与EVA',
        detail: '轻软回弹 每天五公里。',
        pictures: ['/images/product13-1.svg', '/images/product13-pair.svg'],
        skus: [
          {
            skuId: 13,
            colour: '粉色',
            sizeMm: 220,
            eu: '35',
            us: '5',
            spec: '粉色 35码',
            img: '/images/product13-1.svg',
            price_fen: 35900,
            left: 10,
            maxPerOrder: null,
          },
        ],
        sizeChart: [{ sizeMm: 220, eu: '35', us: '5' }],
      },
    },
  },
  '/products/search': {
    tag: 'shopping',
    operationId: 'searchProducts',
    summary: 'Products whose name has all words',
    description:
      'Chinese needs no blanks between words. Order and filters are those of `/products`; by price, the newest 4,000 matches are ordered. Follow `nextCursor` until it is `null`.',
    example: { q: '跑鞋', sort: 'price_up' },
    answers: [success({ data: list(Joi.object(product)), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleProduct], nextCursor: null },
  },
  '/cart/items': {
    tag: 'shopping',
    operationId: 'readCart',
    summary: 'The own cart, each line with what is true of it now',
    answers: wholeCart,
    exampleAnswer: exampleCart,
  },
  '/cart/add': {
    tag: 'shopping',
    operationId: 'addToCart',
    summary: 'Puts pairs into the cart, on top of those that are there',
    example: { skuId: 13, quantity: 1 },
    answers: wholeCart,
    exampleAnswer: exampleCart,
  },
  '/cart/set': {
    tag: 'shopping',
    operationId: 'setCartQuantity',
    summary: 'Sets how many pairs of a SKU are in the cart',
    example: { skuId: 13, quantity: 1 },
    answers: wholeCart,
    exampleAnswer: exampleCart,
  },
  '/cart/remove': {
    tag: 'shopping',
    operationId: 'removeFromCart',
    summary: 'Takes lines out of the cart',
    example: { skuIds: [13] },
    answers: wholeCart,
    exampleAnswer: { status: 200, data: [] },
  },
  '/cart/select': {
    tag: 'shopping',
    operationId: 'selectCartLines',
    summary: 'Chooses lines for the checkout, or leaves them for later',
    example: { skuIds: [13], selected: true },
    answers: wholeCart,
    exampleAnswer: exampleCart,
  },
  '/cart/merge': {
    tag: 'shopping',
    operationId: 'mergeCart',
    summary: 'Merges the cart of a browser: of each SKU the larger quantity',
    description: 'May be repeated. `dropped` names what cannot be bought any more.',
    example: { items: [{ skuId: 13, quantity: 1 }] },
    answers: [
      success({ data: list(cartLine), dropped: Joi.array().items(Joi.number().integer()).required() }),
    ],
    exampleAnswer: { ...exampleCart, dropped: [] },
  },
  '/addresses': {
    tag: 'shopping',
    operationId: 'listAddresses',
    summary: 'The own addresses, the default one first',
    answers: [success({ data: list(address) })],
    exampleAnswer: { status: 200, data: [exampleAddress] },
  },
  '/addresses/save': {
    tag: 'shopping',
    operationId: 'saveAddress',
    summary: 'Adds an address, or rewrites an own one (`id`)',
    description: 'At most 20. The first one becomes the default.',
    refusals: [1054],
    example: addressFields,
    answers: [success({ data: address.required() })],
    exampleAnswer: { status: 200, data: exampleAddress },
  },
  '/addresses/remove': {
    tag: 'shopping',
    operationId: 'removeAddress',
    summary: 'Removes an own address',
    refusals: [1054],
    example: { id: 1 },
    answers: [success({ msg: text() })],
    exampleAnswer: done('地址已删除'),
  },
  '/addresses/default': {
    tag: 'shopping',
    operationId: 'chooseDefaultAddress',
    summary: 'Makes an own address the default',
    refusals: [1054],
    example: { id: 1 },
    answers: [success({ msg: text() })],
    exampleAnswer: done('已设为默认地址'),
  },
  '/shop/checkout': {
    tag: 'shopping',
    operationId: 'checkout',
    summary: 'What an order would cost and where it would go; writes nothing',
    description:
      'Without `items` the chosen lines of the cart, without `addressId` the default address. `short` names lines of which fewer are left than wanted.',
    refusals: [1054],
    example: { items: [{ skuId: 13, quantity: 1 }], addressId: 1 },
    answers: [
      success({
        data: Joi.object({
          lines: list(
            Joi.object({
              skuId: whole(),
              productId: whole(),
              name: text(),
              spec: text(),
              img: text(),
              price_fen: fen(),
              quantity: whole().min(1),
              sum_fen: fen(),
              countsStock: Joi.boolean().required(),
            }),
          ),
          goods_fen: fen(),
          freight_fen: fen(),
          payable_fen: fen(),
          address: Joi.object({ id: whole(), receiver: text(), mobile: text(), text: text() }).required(),
          short: list(Joi.object({ skuId: whole(), left: whole().min(0) })),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        lines: [
          {
            skuId: 13,
            productId: 13,
            name: '凌步 晨风 日常跑鞋',
            spec: '粉色 35码',
            img: '/images/product13-1.svg',
            price_fen: 35900,
            quantity: 1,
            sum_fen: 35900,
            countsStock: true,
          },
        ],
        goods_fen: 35900,
        freight_fen: 0,
        payable_fen: 35900,
        address: {
          id: 1,
          receiver: '张三',
          mobile: '13800138000',
          text: '广东省深圳市南山区 科技园路1号1栋101',
        },
        short: [],
      },
    },
  },
}
