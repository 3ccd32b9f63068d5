/** Tencent Cloud SMS. The SDK is loaded by the first message, not by the cold start. */
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { redact } from '#shared/log'

type SmsConfig = Config<
  'SMS_SECRET_ID' | 'SMS_SECRET_KEY' | 'SMS_SDK_APP_ID' | 'SMS_SIGN_NAME' | 'SMS_TEMPLATE_ID'
>

const TIMEOUT_SEC = 6

/**
 * Sends a code to a mobile of mainland China. The template has one parameter, the code.
 *
 * @throws AppError SMS_REFUSED (`msg` is the provider's reason), UPSTREAM_FAILED (no answer, or nonsense)
 */
export async function sendSms(mobile: string, code: string, config: SmsConfig): Promise<void> {
  const { sms } = await import('tencentcloud-sdk-nodejs-sms')
  const { host, protocol } = new URL(config.SMS_ENDPOINT)
  const client = new sms.v20210111.Client({
    credential: { secretId: config.SMS_SECRET_ID, secretKey: config.SMS_SECRET_KEY },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: host, protocol: `${protocol}//`, reqTimeout: TIMEOUT_SEC } },
  })
  const secrets = [code, config.SMS_SECRET_ID, config.SMS_SECRET_KEY]
  let statuses: { Code?: string; Message?: string }[] | undefined
  try {
    const reply = await client.SendSms({
      SmsSdkAppId: config.SMS_SDK_APP_ID,
      SignName: config.SMS_SIGN_NAME,
      TemplateId: config.SMS_TEMPLATE_ID,
      TemplateParamSet: [code],
      PhoneNumberSet: [`+86${mobile}`],
    })
    statuses = reply.SendStatusSet
  } catch (error) {
    throw toAppError(error, secrets)
  }
  const status = statuses?.[0]
  if (typeof status?.Code !== 'string')
    throw new AppError('UPSTREAM_FAILED', { cause: new Error('SMS reply without status') })
  if (status.Code !== 'Ok') {
    throw new AppError('SMS_REFUSED', {
      ...(status.Message && { msg: redact(status.Message, secrets) }),
      cause: new Error(status.Code),
    })
  }
}

/** An error with a code is the provider's word; without one nobody knows what happened. */
function toAppError(error: unknown, secrets: readonly string[]): AppError {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const isWord =
    typeof code === 'string' &&
    /^[A-Z][A-Za-z]+(\.[A-Za-z]+)*$/.test(code) &&
    !code.startsWith('InternalError')
  return isWord
    ? new AppError('SMS_REFUSED', {
        ...(message ? { msg: redact(String(message), secrets) } : {}),
        cause: new Error(code),
      })
    : new AppError('UPSTREAM_FAILED', { cause: isUnsent(message) ? new NeverSent(error) : error })
}

/** There was no connection: nobody can have sent anything. */
export class NeverSent extends Error {
  constructor(cause: unknown) {
    super('the SMS provider cannot be reached', { cause })
    this.name = 'NeverSent'
  }
}

/** The SDK keeps the system's code in its message only, which quotes nothing but our own endpoint before it. */
function isUnsent(message: unknown): boolean {
  return /, reason: (connect|getaddrinfo) (ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN) \S+$/.test(
    String(message),
  )
}
