/** Parts of answers that several routes of the shop's people share. */
import Joi from 'joi'
import { text, whole } from './route-docs.ts'

/** What waits for a second person. */
export const wish = Joi.object({
  approvalId: whole(),
  target: text(),
  detail: Joi.object().unknown().required().description('what is to be done'),
  askedBy: whole('who wants it: somebody else decides'),
  askedAt: text('ISO 8601'),
})

export const exampleWish = (detail: Record<string, unknown>, target: string) => ({
  approvalId: 3,
  target,
  detail,
  askedBy: 1,
  askedAt: '2026-11-27T02:00:00.000Z',
})
