/** An SMS simulator with one approved template, for tests of the shop. */
import { type SmsSim, type SmsSimOptions, startSmsSim } from '../../simulators/sms/index.ts'

/** The account that the tests use; throwaway values. */
export const TEST_SMS_ACCOUNT = {
  secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3test',
  secretKey: 'Gu5t9xGARNpq86cd98joQYCN3testtest',
  sdkAppId: '1400006666',
  signName: '乐淘',
  templateId: '449739',
} as const

/** Starts a simulator for that account. */
export function startTestSms(options: Partial<SmsSimOptions> = {}): Promise<SmsSim> {
  return startSmsSim({ ...TEST_SMS_ACCOUNT, ...options })
}

/** The environment of a shop that talks to that simulator. */
export function smsEnv(sim: Pick<SmsSim, 'url'>): Record<string, string> {
  return {
    SMS_SECRET_ID: TEST_SMS_ACCOUNT.secretId,
    SMS_SECRET_KEY: TEST_SMS_ACCOUNT.secretKey,
    SMS_SDK_APP_ID: TEST_SMS_ACCOUNT.sdkAppId,
    SMS_SIGN_NAME: TEST_SMS_ACCOUNT.signName,
    SMS_TEMPLATE_ID: TEST_SMS_ACCOUNT.templateId,
    SMS_ENDPOINT: sim.url,
  }
}
