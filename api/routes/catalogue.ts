/** Documentation of the feeds: what the home page and the category page show. */
import Joi from 'joi'
import { list, type RouteDocs, success, text, whole } from './route-docs.ts'

const brand = Joi.object({
  id: whole(),
  brandName: text(),
  brandLogo: text('address of the picture'),
  categoryId: whole('`id` of its category'),
})

const yuan = (description: string) => Joi.number().min(0).required().description(description)

export const catalogue: Record<string, RouteDocs> = {
  '/banners': {
    tag: 'catalogue',
    operationId: 'listBanners',
    summary: 'The pictures that the home page swipes through, in order',
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            img_src: text('address of the picture'),
            link: text('where it leads, may be empty'),
          }),
        ),
      }),
    ],
    exampleAnswer: { status: 200, data: [{ id: 1, img_src: '/images/banner1.svg', link: '/product/1' }] },
  },
  '/gridList': {
    tag: 'catalogue',
    operationId: 'listGrid',
    summary: "The entries of the home page's grid, in order",
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            img_src: text(),
            name: Joi.string().allow(''),
            link: Joi.string().allow(''),
          }),
        ),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [{ id: 1, img_src: '/images/nav1.svg', name: '运动', link: '/category/1' }],
    },
  },
  '/sports': {
    tag: 'catalogue',
    operationId: 'listSports',
    summary: 'The products of the sports zone',
    description:
      "Prices are numbers in yuan (`299`, `19.9`), as the tutorial's storefronts expect. Turn them into fen by string arithmetic. `id` is the `productId` of an order's `items`.",
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            name: text(),
            img: text('address of the picture'),
            price: yuan('in yuan'),
            oldPrice: yuan('in yuan, what it cost before; equal to `price` where there was no other'),
            brandId: Joi.number().integer().allow(null).required(),
            categoryId: Joi.number().integer().allow(null).required(),
          }),
        ),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          id: 1,
          name: '凌步 云弹缓震跑鞋',
          img: '/images/product1.svg',
          price: 499,
          oldPrice: 699,
          brandId: 1,
          categoryId: 1,
        },
      ],
    },
  },
  '/brandList': {
    tag: 'catalogue',
    operationId: 'listHotBrands',
    summary: 'The hot brands',
    answers: [success({ data: list(brand) })],
    exampleAnswer: {
      status: 200,
      data: [{ id: 1, brandName: '凌步', brandLogo: '/images/brand1.svg', categoryId: 1 }],
    },
  },
  '/oneCategory': {
    tag: 'catalogue',
    operationId: 'listCategories',
    summary: 'The first level of categories',
    answers: [success({ data: list(Joi.object({ id: whole(), categoryName: text() })) })],
    exampleAnswer: { status: 200, data: [{ id: 1, categoryName: '运动馆' }] },
  },
  '/twoCategory': {
    tag: 'catalogue',
    operationId: 'listBrandsOfCategory',
    summary: 'The brands of one category',
    example: { id: 1 },
    answers: [success({ data: list(brand) })],
    exampleAnswer: {
      status: 200,
      data: [{ id: 1, brandName: '凌步', brandLogo: '/images/brand1.svg', categoryId: 1 }],
    },
  },
}
