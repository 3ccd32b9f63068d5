/** The Chinese of each limit, and what a number cannot say. English names and all numbers come from the functions' limits. */
export interface LimitText {
  /** What is limited. */
  readonly zh: string
  /** The measure word of its number. */
  readonly unit: string
  /** Said after the numbers. */
  readonly note?: { readonly en: string; readonly zh: string }
}

/** By `name.kind` of `limitsOf`. */
export const limitTexts: Readonly<Record<string, LimitText>> = {
  'sms.mobile': { zh: '发给同一手机号的短信', unit: '条' },
  'sms.address': { zh: '同一客户端地址（IPv6 为 /64）的短信', unit: '条' },
  'sms.site': { zh: '同一 IPv6 /48 的短信', unit: '条' },
  'sms.shop': { zh: '全店的短信', unit: '条' },
  'login.username': {
    zh: '同一用户名的登录失败',
    unit: '次',
    note: {
      en: ', also with the right password; an address from which the user logged in within 30 days counts alone',
      zh: '，密码正确也一样；该用户 30 天内登录过的地址单独计数',
    },
  },
  'login.address': { zh: '同一地址的登录失败', unit: '次' },
  'adminLogin.username': {
    zh: '同一后台账号的登录失败',
    unit: '次',
    note: {
      en: ', also with the right password; the address of the last login counts alone',
      zh: '，密码正确也一样；上次登录的地址单独计数',
    },
  },
  'adminLogin.address': { zh: '同一地址的后台登录失败和无效邀请', unit: '次' },
  'register.address': { zh: '同一地址的注册', unit: '个' },
  'register.codes': { zh: '同一地址在 `/register` 尝试的验证码', unit: '次' },
  'order.user': { zh: '同一用户的订单', unit: '个' },
}
