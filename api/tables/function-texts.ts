/** What starts the functions without a path, and what they do, for the READMEs. The list of them is serverless.yml's. */
export interface FunctionText {
  readonly en: readonly [start: string, does: string]
  readonly zh: readonly [start: string, does: string]
}

export const functionTexts: Readonly<Record<string, FunctionText>> = {
  reconcile: {
    en: [
      'timer, every 5 minutes',
      'asks WeChat Pay about open orders; after 2 hours closes them there, then here',
    ],
    zh: ['定时器，每 5 分钟', '向微信支付查询未完结的订单；满 2 小时的，先在微信关闭，再在本地关闭'],
  },
  dueOrders: {
    en: [
      'timer, every 5 minutes',
      'completes orders that nobody confirms; answers and ends after-sale cases whose time is up',
    ],
    zh: ['定时器，每 5 分钟', '自动确认收货，处理到期的售后申请'],
  },
  nightlyCheck: {
    en: ['timer, 4:30 every day', 'compares the stock of each SKU with the sum of its movements'],
    zh: ['定时器，每天 4:30', '把每个商品规格的库存与库存流水逐一核对'],
  },
  bill: {
    en: ['timer, 10:30 every day; or for a date', "compares WeChat Pay's bill with the ledger, line by line"],
    zh: ['定时器，每天 10:30；也可指定日期', '把微信支付的对账单与本地账逐行比对'],
  },
  refund: { en: ['ops', 'pays money back'], zh: ['运维', '退款'] },
  orderDesk: {
    en: ['ops', 'sends parcels, decides and releases after-sale cases, corrects stock'],
    zh: ['运维', '发货、处理售后与放款、修正库存'],
  },
  adminInvite: {
    en: ['ops', 'invites the first owner of the back office; suspends somebody'],
    zh: ['运维', '邀请后台的第一位店主；停用某个后台账号'],
  },
  migrate: {
    en: [
      'ops, and each deploy',
      'applies the migrations that are missing; `{ "seed": true }` loads the demo catalogue',
    ],
    zh: ['运维，以及每次部署', '执行尚未执行的数据库迁移；`{ "seed": true }` 同时导入演示商品'],
  },
}
