import { endpoint, route } from '#shared/http'
import { addressSubject, siteSubject } from '#shared/limits'
import { smsLimits } from './limits.ts'
import { sendSms } from './provider.ts'
import { smsBody } from './schema.ts'
import { sendCode } from './sms.ts'

/** POST /sms – sends a registration code. Errors: 1010, 1040 (the provider's reason), 429, 502, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/sms', '/sendSms'],
      schema: smsBody,
      needs: ['SMS_SECRET_ID', 'SMS_SECRET_KEY', 'SMS_SDK_APP_ID', 'SMS_SIGN_NAME', 'SMS_TEMPLATE_ID'],
      limits: smsLimits,
      subjects: ({ body, request }) => ({
        mobile: body.mobile,
        address: addressSubject(request.clientAddress),
        site: siteSubject(request.clientAddress),
        shop: 'all',
      }),
      budgetMs: 4500,
    },
    async ({ body, limiter, config, db, now, log }) => {
      const code = await sendCode(body.mobile, {
        db,
        limiter,
        send: (mobile, code) => sendSms(mobile, code, config),
        codeLength: config.SMS_CODE_LENGTH,
        codeTtlSec: config.SMS_CODE_TTL,
        now,
        log,
      })
      const echo = config.SMS_ECHO_CODE && {
        code,
        smscode: code,
        ...(config.TUTORIAL_CLIENTS === 'on' && { data: code }),
      }
      return { msg: '短信发送成功', ...echo }
    },
  ),
)
