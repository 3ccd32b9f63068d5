/** Documentation of registration, login and the SMS code. */
import Joi from 'joi'
import { loginLimits } from '../../functions/login/limits.ts'
import { registerLimits } from '../../functions/register/limits.ts'
import { smsLimits } from '../../functions/sms/limits.ts'
import { limitsText } from '../tables/limits.ts'
import { type RouteDocs, success, text } from './route-docs.ts'

const loggedIn = () => Joi.object({ token: text('the same JWT'), username: text(), mobile: text('masked') })

export const accounts: Record<string, RouteDocs> = {
  '/sms': {
    tag: 'accounts',
    operationId: 'sendSmsCode',
    summary: 'Sends a registration code to a mobile',
    description: `Where \`SMS_ECHO_CODE=true\` (local work only) the answer carries the code. ${limitsText(smsLimits)}`,
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
    description: `A code serves one registration of the mobile that it was sent to. \`repeatPassword\` is another name of \`repeat_password\`, \`smsCode\` and \`sms\` are other names of \`smscode\`. ${limitsText(registerLimits)}`,
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
    description: `The token is a JWT (HS256) that lives 36 hours by default; send it as \`Authorization: Bearer …\`. ${limitsText(loginLimits)}`,
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
