/** Documentation of who works in the shop. */
import Joi from 'joi'
import { list, type RouteDocs, success, text, whole } from './route-docs.ts'

export const adminPeople: Record<string, RouteDocs> = {
  '/admin/people': {
    tag: 'admin',
    operationId: 'listPeople',
    summary: "The shop's people",
    answers: [
      success({
        data: list(
          Joi.object({
            id: whole(),
            username: text(),
            role: text(),
            state: text('`ACTIVE` or `SUSPENDED`'),
            mobile: text('masked'),
            lastLoginAt: Joi.string().allow(null).required(),
          }),
        ),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: [
        {
          id: 1,
          username: 'demo-owner',
          role: 'owner',
          state: 'ACTIVE',
          mobile: '138****8000',
          lastLoginAt: '2026-11-27T02:00:00.000Z',
        },
      ],
    },
  },
  '/admin/invite': {
    tag: 'admin',
    operationId: 'invitePerson',
    summary: 'Asks somebody to work in the shop, or gives new factors to one of that name',
    description:
      "The caller makes 32 random bytes, keeps their base64url text as the token of the link `/admin/#/accept?token=…`, and sends that text's SHA-256 in hex. The invite holds for 24 hours and serves once.",
    example: {
      username: 'li.na',
      mobile: '13900139000',
      role: 'orders',
      hash: 'c1b0a8d5e9f24376a0b1c2d3e4f5061728394a5b6c7d8e9f00112233445566aa',
    },
    answers: [success({ msg: text(), data: Joi.object({ expiresAt: text('ISO 8601') }).required() })],
    exampleAnswer: { status: 200, msg: '邀请已生成', data: { expiresAt: '2026-11-28T02:00:00.000Z' } },
  },
  '/admin/suspend': {
    tag: 'admin',
    operationId: 'suspendPerson',
    summary: 'Lets somebody in no more, or again; their tokens end at once',
    refusals: [1054, 1060],
    example: { id: 2, suspended: true },
    answers: [success({ msg: text() })],
    exampleAnswer: { status: 200, msg: '账号已停用' },
  },
}
