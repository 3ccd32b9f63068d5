/** Documentation of registration, login and the SMS code. */
import Joi from 'joi'
import { type RouteDocs, success, text } from './route-docs.ts'

const loggedIn = () => Joi.object({ token: text('the same JWT'), username: text(), mobile: text('masked') })

export const accounts: Record<string, RouteDocs> = {
  '/sms': {
    tag: 'accounts',
    operationId: 'sendSmsCode',
    summary: 'Sends a registration code to a mobile',
    description:
      'Limits: one a minute, 5 an hour and 10 a day for one mobile; 20 an hour from one address (60 from an IPv6 /48); `SMS_HOURLY_LIMIT` an hour in all. Where `SMS_ECHO_CODE=true` (local work only) the answer carries the code.',
    refusals: [1040],
    limited: true,
    upstream: true,
    example: { mobile: '13900139000' },
    answers: [success({ msg: text(), code: Joi.string(), smscode: Joi.string(), data: Joi.string() })],
    exampleAnswer: { status: 200, msg: '短信发送成功' },
  },
  '/register': {
    tag: 'accounts',
    operationId: 'register',
    summary: 'Opens an account',
    description:
      'A code serves one registration of the mobile that it was sent to. At most 10 registrations and 30 tried codes an hour from one address. `repeatPassword` is another name of `repeat_password`, `smsCode` and `sms` are other names of `smscode`.',
    refusals: [0, 1030],
    limited: true,
    example: {
      username: 'xiaole',
      password: 'Letao2024',
      repeat_password: 'Letao2024',
      mobile: '13900139000',
      smscode: '123456',
    },
    answers: [success({ msg: text() })],
    exampleAnswer: { status: 200, msg: '注册成功' },
  },
  '/login': {
    tag: 'accounts',
    operationId: 'login',
    summary: 'Exchanges a username and password for a token',
    description:
      'The token is a JWT (HS256) that lives 36 hours by default; send it as `Authorization: Bearer …`. Five failures of one username in 15 minutes close it for 15 minutes (429), also for the right password; an address from which the user logged in within 30 days is counted alone.',
    refusals: [1040],
    limited: true,
    example: { username: 'demo', password: 'demo123' },
    answers: [
      success({
        token: text('JWT'),
        msg: text(),
        userInfo: loggedIn().required(),
        data: loggedIn().required().description('the same, where half of the storefronts look for it'),
        code: Joi.number().description('200, with `TUTORIAL_CLIENTS=on`'),
        mobile: Joi.string().description('likewise'),
      }),
    ],
    exampleAnswer: {
      status: 200,
      token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
      msg: '登录成功',
      userInfo: {
        token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
        username: 'demo',
        mobile: '138****0000',
      },
      data: {
        token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
        username: 'demo',
        mobile: '138****0000',
      },
    },
  },
}
