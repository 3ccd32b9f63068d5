/** Documentation of orders, for the shop's people. */
import Joi from 'joi'
import { list, nullableText, type RouteDocs, success, text, whole } from './route-docs.ts'
import { exampleDetail, exampleOrder, order, orderDetail, orderEvent } from './shop-orders.ts'

export const nextCursor = nullableText('where the next page begins; `null`: this was the last')

/** An order as lists show it. */
export const deskOrder = Joi.object({
  ...order,
  userId: whole(),
  receiver: text(),
  mobile: text('masked'),
  remark: nullableText(),
})

export const exampleDeskOrder = {
  ...exampleOrder,
  state: 'PAID',
  stateText: '待发货',
  userId: 7,
  receiver: '张三',
  mobile: '138****8000',
  remark: null,
}

const { order_no } = exampleOrder
const state = Joi.object({ order_no: text(), state: text(), stateText: text() }).required()

export const adminOrders: Record<string, RouteDocs> = {
  '/admin/orders': {
    tag: 'admin',
    operationId: 'searchOrders',
    summary:
      'Orders of everybody, newest first: all, of one state, of one mobile, or the one with this number',
    description: 'At most one of `order_no`, `mobile` and `state`.',
    answers: [success({ data: list(deskOrder), nextCursor })],
    exampleAnswer: { status: 200, data: [exampleDeskOrder], nextCursor: null },
  },
  '/admin/orderDetail': {
    tag: 'admin',
    operationId: 'showOrder',
    summary: 'One order with its address, and everything that happened to it; that it was read is logged',
    description: '`actor` of an event is `user:7`, `admin:3`, `shop`, `timer` or `wechat`.',
    refusals: [1054],
    example: { order_no },
    answers: [
      success({
        data: Joi.object({
          ...orderDetail,
          events: list(Joi.object({ ...orderEvent, who: text('a colleague’s name, or who else it was') })),
          userId: whole(),
          canShip: Joi.boolean().required(),
          canCancel: Joi.boolean().required(),
          carriers: list(Joi.object({ code: text(), name: text() })),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        ...exampleDetail,
        events: exampleDetail.events.map((event) => ({ ...event, actor: 'user:7', who: '顾客' })),
        userId: 7,
        canShip: false,
        canCancel: true,
        carriers: [{ code: 'SF', name: '顺丰速运' }],
      },
    },
  },
  '/admin/packing': {
    tag: 'admin',
    operationId: 'listPacking',
    summary: 'What is to be packed and where it goes, the oldest first; that it was read is logged',
    description: '`order_no` for one order. `quantity` is what is left to be shipped.',
    refusals: [1054],
    answers: [
      success({
        data: list(
          Joi.object({
            order_no: text(),
            createdAt: text('ISO 8601'),
            receiver: text(),
            mobile: text(),
            address: text(),
            remark: nullableText(),
            lines: list(
              Joi.object({
                lineId: whole(),
                name: text(),
                spec: text(),
                skuCode: text(),
                quantity: whole().min(1),
              }),
            ),
          }),
        ),
        nextCursor,
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          order_no,
          createdAt: '2026-11-27T01:30:00.123Z',
          receiver: '张三',
          mobile: '13800138000',
          address: '广东省深圳市南山区 科技园路1号1栋101',
          remark: null,
          lines: [
            { lineId: 1, name: '凌步 晨风 日常跑鞋', spec: '粉色 35.5码', skuCode: 'LB13-355', quantity: 1 },
          ],
        },
      ],
      nextCursor: null,
    },
  },
  '/admin/ship': {
    tag: 'admin',
    operationId: 'shipOrder',
    summary: 'Sends a parcel, in parts if `lines` says so; the same parcel again changes nothing',
    description:
      'Without `lines`: everything that is left. Pairs for which the shopper wants the money back are refused.',
    refusals: [1054, 1060],
    example: { order_no, carrier: 'SF', trackingNo: 'SF1234567890' },
    answers: [success({ msg: text(), data: state })],
    exampleAnswer: { status: 200, msg: '已发货', data: { order_no, state: 'SHIPPED', stateText: '待收货' } },
  },
  '/admin/orderReceiver': {
    tag: 'admin',
    operationId: 'correctReceiver',
    summary: 'Corrects who receives an order and where in its region, until something is shipped',
    description: 'The region stays, for the freight was paid to it.',
    refusals: [1054, 1060],
    example: { order_no, receiver: '李四', mobile: '13900139000', detail: '科技园路2号3栋302' },
    answers: [success({ msg: text(), data: state })],
    exampleAnswer: {
      status: 200,
      msg: '收货信息已更正',
      data: { order_no, state: 'PAID', stateText: '待发货' },
    },
  },
  '/admin/orderParcel': {
    tag: 'admin',
    operationId: 'correctParcel',
    summary: 'Corrects the carrier or number of a parcel; the same correction again changes nothing',
    refusals: [1054, 1060],
    example: {
      order_no,
      carrier: 'SF',
      trackingNo: 'SF1234567890',
      toCarrier: 'SF',
      toTrackingNo: 'SF1234567891',
    },
    answers: [success({ msg: text(), data: state })],
    exampleAnswer: {
      status: 200,
      msg: '运单号已更正',
      data: { order_no, state: 'SHIPPED', stateText: '待收货' },
    },
  },
  '/admin/cancelOrder': {
    tag: 'admin',
    operationId: 'cancelOrder',
    summary: 'Cancels an unpaid order: at WeChat Pay first, then here',
    refusals: [1050, 1054, 1060],
    upstream: true,
    example: { order_no, reason: '顾客来电要求取消' },
    answers: [success({ msg: text(), data: state })],
    exampleAnswer: {
      status: 200,
      msg: '订单已取消',
      data: { order_no, state: 'CLOSED', stateText: '交易关闭' },
    },
  },
}
