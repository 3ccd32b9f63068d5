/** What the routes under /admin answer; docs/openapi.json describes every field. */
export interface OrderLine {
  id: number
  skuId: number
  name: string
  spec: string
  img: string
  price_fen: number
  quantity: number
  shippedQuantity: number
  refundedQuantity: number
}

export interface Order {
  order_no: string
  state: string
  stateText: string
  goods_fen: number
  freight_fen: number
  payable_fen: number
  refunded_fen: number
  createdAt: string
  lines: OrderLine[]
  receiver: string
  mobile: string
  remark: string | null
}

export interface OrderDetail extends Order {
  address: string
  paidAt: string | null
  shipments: { carrier: string; carrierName: string; trackingNo: string; shippedAt: string }[]
  cases: { after_sale_no: string; kindText: string; stateText: string; amount_fen: number }[]
  events: { text: string; at: string; who: string; detail: string | null }[]
  canShip: boolean
  canCancel: boolean
  carriers: { code: string; name: string }[]
}

export interface Case {
  after_sale_no: string
  order_no: string
  kind: string
  kindText: string
  state: string
  stateText: string
  quantity: number
  amount_fen: number
  freight_fen: number
  reason: string
  answer: string | null
  carrier: string | null
  trackingNo: string | null
  createdAt: string
  decidedBy: { id: number; username: string } | null
  releasedBy: { id: number; username: string } | null
}

export interface CaseDetail extends Case {
  line: OrderLine
  order: { order_no: string; stateText: string; payable_fen: number; refunded_fen: number }
  can: { decide: boolean; inspect: boolean; release: boolean }
}
