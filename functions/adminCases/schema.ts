import { type AfterSaleState, caseStateText } from '#shared/ordering'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

const number27 = Joi.string().pattern(/^\d{27}$/)
const caseNo = number27.required().label('售后单号after_sale_no')
const answer = line({ min: 2, max: 200 }).trim().empty('').label('说明answer')

export interface ListQuery {
  state?: AfterSaleState
  cursor?: string
  limit: number
}

export const listQuery = parameters<ListQuery>({
  state: Joi.string()
    .valid(...Object.keys(caseStateText))
    .empty('')
    .label('状态state'),
  cursor: number27.empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
})

export interface CaseBody {
  after_sale_no: string
}

export const caseBody = parameters<CaseBody>({ after_sale_no: caseNo })

export interface DecideBody extends CaseBody {
  approve: boolean
  answer?: string
  amount_fen?: number
}

export const decideBody = parameters<DecideBody>({
  after_sale_no: caseNo,
  approve: Joi.boolean().required().label('同意approve'),
  answer,
  amount_fen: wholeNumber(1, Number.MAX_SAFE_INTEGER).label('退款金额amount_fen'),
})

export interface InspectBody extends CaseBody {
  ok: boolean
  restock: boolean
  answer?: string
}

export const inspectBody = parameters<InspectBody>({
  after_sale_no: caseNo,
  ok: Joi.boolean().required().label('验货通过ok'),
  restock: Joi.boolean().required().label('重新入库restock'),
  answer,
})
