/**
 * Local work only: where the simulators listen and who may log in for a demo. Only code behind `__LOCAL__` imports
 * this file.
 */
interface LocalShop {
  /** The simulators' ports, on the host that this page came from; absent where a real service is used. */
  wechatSim?: number
  smsSim?: number
  demo?: { username: string; password: string }
}

let answer: Promise<LocalShop> | undefined

/** What the local gateway says about itself, asked once. */
export function localShop(): Promise<LocalShop> {
  answer ??= fetch('/local.json').then((response) => response.json() as Promise<LocalShop>)
  return answer
}

/** The simulators as this page reaches them, also from a phone that opened the shop by the laptop's address. */
export async function simulatorAddresses(): Promise<{ wechat?: string; sms?: string }> {
  const { wechatSim, smsSim } = await localShop()
  const at = (port: number) => `${location.protocol}//${location.hostname}:${port}`
  return { ...(wechatSim && { wechat: at(wechatSim) }), ...(smsSim && { sms: at(smsSim) }) }
}
