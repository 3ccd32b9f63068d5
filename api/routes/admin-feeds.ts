/** Documentation of the home page's feeds, for the shop's people. */
import Joi from 'joi'
import { list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'

const changed = (refusals: number[], example: Record<string, unknown>, msg: string) => ({
  tag: 'admin' as const,
  refusals,
  example,
  answers: [success({ msg: text(), data: Joi.object({ id: whole() }).required() })],
  exampleAnswer: { status: 200, msg, data: { id: 1 } },
})

export const adminFeeds: Record<string, RouteDocs> = {
  '/admin/feeds': {
    tag: 'admin',
    operationId: 'readFeed',
    summary: 'A feed of the home page in its order, also what is not shown yet or no more',
    example: { name: 'banners' },
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole('of a banner, an entry of the grid, a product, a brand'),
            name: nullableText('banners have none'),
            img: nullableText('as it is stored: what is sent back'),
            imgUrl: nullableText('where it can be seen'),
            link: nullableText('only banners and the grid have one'),
            position: whole(),
            startsAt: nullableText('ISO 8601'),
            endsAt: nullableText('ISO 8601'),
          }),
        ),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          id: 1,
          name: null,
          img: '/images/banner1.svg',
          imgUrl: '/images/banner1.svg',
          link: '/product/1',
          position: 0,
          startsAt: null,
          endsAt: null,
        },
      ],
    },
  },
  '/admin/feedSave': {
    ...changed([1054, 1060], { name: 'banners', img: '/images/banner1.svg', link: '/product/1' }, '已保存'),
    operationId: 'saveFeedEntry',
    summary: 'Writes a banner or an entry of the grid; without `id` a new one, which goes last',
    description:
      'Pictures are those that come with the shop or of `/admin/pictureConfirm`; links lead to its own pages. The grid needs a `text`. Left out, `startsAt` and `endsAt` set no limit.',
  },
  '/admin/feedAdd': {
    ...changed([1054, 1060], { name: 'brands', id: 1 }, '已加入'),
    operationId: 'addToFeed',
    summary: 'Puts a product on sale into the sports zone, or a brand among the hot ones, behind the others',
  },
  '/admin/feedRemove': {
    ...changed([1054], { name: 'brands', id: 1 }, '已移除'),
    operationId: 'removeFromFeed',
    summary: 'Takes an entry out of a feed; a product or a brand stays what it is',
  },
  '/admin/feedOrder': {
    tag: 'admin',
    operationId: 'orderFeed',
    summary: 'Puts a feed into an order; `ids` are exactly its entries',
    refusals: [1060],
    example: { name: 'banners', ids: [2, 1, 3, 4] },
    answers: [
      success({
        msg: text(),
        data: Joi.object({ ids: Joi.array().items(Joi.number().integer()).required() }).required(),
      }),
    ],
    exampleAnswer: { status: 200, msg: '顺序已保存', data: { ids: [2, 1, 3, 4] } },
  },
}
