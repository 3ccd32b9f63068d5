/** Documentation of how the shop's people come in. */
import Joi from 'joi'
import { type RouteDocs, success, text, whole } from './route-docs.ts'

const person = {
  id: whole(),
  username: text(),
  role: text('`owner`, `catalogue`, `orders`, `finance` or `auditor`'),
  permissions: Joi.array().items(Joi.string()).required().description('what the role may do'),
}
const session = Joi.object({
  token: text('for `Authorization: Bearer`, a quarter of an hour'),
  expiresAt: text('ISO 8601'),
  admin: Joi.object(person).required(),
}).required()

const exampleSession = {
  token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
  expiresAt: '2026-11-27T02:15:00.000Z',
  admin: { id: 1, username: 'demo-owner', role: 'owner', permissions: ['self', 'people'] },
}
const exampleToken = 'bGV0YW8tZGVtby1pbnZpdGUtdG9rZW4tMDAwMDAwMDA'

export const adminLogin: Record<string, RouteDocs> = {
  '/admin/login': {
    tag: 'admin',
    operationId: 'logInAdmin',
    summary: "Logs one of the shop's people in, with password and one-time code",
    description: 'A code serves once: who logs in twice within 30 seconds waits for the next one.',
    refusals: [1040],
    limited: true,
    example: { username: 'demo-owner', password: 'letao-demo-owner', code: '000000' },
    answers: [success({ msg: text(), data: session })],
    exampleAnswer: { status: 200, msg: '登录成功', data: exampleSession },
  },
  '/admin/accept': {
    tag: 'admin',
    operationId: 'acceptInvite',
    summary: 'Accepts an invite: chooses a password, and gets the second factor for an authenticator app',
    description:
      'An invite that is unknown, used or older than 24 hours is 1054. Nobody can log in before `/admin/confirm`.',
    refusals: [1054],
    limited: true,
    example: { token: exampleToken, password: 'a-long-password' },
    answers: [
      success({
        data: Joi.object({
          username: text(),
          role: text(),
          secret: text('Base32'),
          otpauth: text('what the QR code says'),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        username: 'demo-owner',
        role: 'owner',
        secret: 'LETAODEMOLETAODEMOLETAODEMO22222',
        otpauth:
          'otpauth://totp/%E4%B9%90%E6%B7%98:demo-owner?secret=LETAODEMOLETAODEMOLETAODEMO22222&issuer=%E4%B9%90%E6%B7%98&algorithm=SHA1&digits=6&period=30',
      },
    },
  },
  '/admin/confirm': {
    tag: 'admin',
    operationId: 'confirmInvite',
    summary: 'Proves the second factor with a code: the account can log in now',
    refusals: [1040, 1054],
    limited: true,
    example: { token: exampleToken, code: '000000' },
    answers: [success({ msg: text(), data: Joi.object({ username: text(), role: text() }).required() })],
    exampleAnswer: {
      status: 200,
      msg: '账号已启用，请登录',
      data: { username: 'demo-owner', role: 'owner' },
    },
  },
  '/admin/renew': {
    tag: 'admin',
    operationId: 'renewAdminToken',
    summary: 'A new token for one that still holds, up to twelve hours after the login',
    answers: [success({ data: session })],
    exampleAnswer: { status: 200, data: exampleSession },
  },
  '/admin/logout': {
    tag: 'admin',
    operationId: 'logOutAdmin',
    summary: 'Ends every token of the caller',
    answers: [success({ msg: text() })],
    exampleAnswer: { status: 200, msg: '已退出登录' },
  },
  '/admin/me': {
    tag: 'admin',
    operationId: 'showAdmin',
    summary: 'Who is logged in, and what the role may do',
    answers: [success({ data: Joi.object(person).required() })],
    exampleAnswer: { status: 200, data: exampleSession.admin },
  },
}
