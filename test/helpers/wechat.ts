/** A WeChat Pay simulator with one merchant, for tests of the shop. */
import {
  type Delivery,
  type PayOptions,
  startWechatSim,
  type WechatSim,
  type WechatSimOptions,
} from '../../simulators/wechat-pay/index.ts'

/** The merchant that the tests are. The key is a throwaway one. */
export const TEST_MERCHANT = {
  appid: 'wxd930ea5d5a258f4f',
  mchId: '1900000109',
  apiKey: '192006250b4c09247ec02edce69f6a2d',
} as const

/** Starts a simulator that repeats notifies a thousand times faster than the real schedule. */
export function startTestWechat(options: Partial<WechatSimOptions> = {}): Promise<WechatSim> {
  return startWechatSim({ merchants: [TEST_MERCHANT], notifySpeed: 1000, ...options })
}

/** The environment of a shop that talks to that simulator. */
export function wechatEnv(sim: WechatSim, notifyUrl: string): Record<string, string> {
  return {
    WX_APPID: TEST_MERCHANT.appid,
    WX_MCH_ID: TEST_MERCHANT.mchId,
    WX_API_KEY: TEST_MERCHANT.apiKey,
    WX_API_BASE: sim.url,
    WX_API_BACKUP: sim.backup.url,
    WX_NOTIFY_URL: notifyUrl,
  }
}

/** Pays as a shopper would and waits for the first answer that the shop gives to the notify. */
export async function payAndAwaitNotify(
  sim: WechatSim,
  outTradeNo: string,
  options?: PayOptions,
): Promise<Delivery> {
  sim.pay(outTradeNo, options)
  return sim.waitForNotify(outTradeNo)
}
