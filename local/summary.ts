/** What a person reads when the shop is open. */
import { paint } from './console.ts'
import { DEMO_LOGIN, DEMO_OWNER } from './demo-env.ts'
import type { Shop } from './shop.ts'
import { terminalCode } from './terminal-code.ts'

export type SummaryFacts = {
  shop: Pick<Shop, 'url' | 'wechat' | 'sms' | 'cos'>
  /** The shop's address for a phone on the same network, where one can reach it. */
  phone?: string | undefined
  database: string
  /** Where the feeds are read from, when there are some. */
  replicas?: readonly string[] | undefined
  isPrivate: boolean
  /** Does it answer in the shapes of the tutorial's storefronts? */
  tutorial?: boolean
  /** Why the demo login does not work. */
  problem: string | undefined
  /** Why there is no demo owner. */
  ownerProblem?: string | undefined
  seconds: number
}

/** The addresses, the demo login, and a journey to paste. */
export function summary({
  shop,
  phone,
  database,
  replicas,
  isPrivate,
  tutorial,
  problem,
  ownerProblem,
  seconds,
}: SummaryFacts): string {
  const { username, password, mobile } = DEMO_LOGIN
  const rows = [
    ['Shop', shop.url],
    ['API', `${shop.url}/docs`],
    [
      'WeChat Pay',
      shop.wechat
        ? `${local(shop.wechat.url)}  (simulator: see the orders, press pay)`
        : 'as WX_API_BASE says',
    ],
    ['SMS inbox', shop.sms ? `${local(shop.sms.url)}  (simulator: read the codes)` : 'as SMS_ENDPOINT says'],
    [
      'Pictures',
      shop.cos ? `${local(shop.cos.url)}  (simulator: see what was uploaded)` : 'as COS_BUCKET_URL says',
    ],
    ['Database', isPrivate ? database : withoutPassword(database)],
    ...(replicas ?? []).map((url, index) => [`Replica ${index + 1}`, url]),
    ['Demo login', problem ? `not available: ${problem}` : `${username} / ${password}  (mobile ${mobile})`],
    [
      'Back office',
      ownerProblem
        ? `no demo owner: ${ownerProblem}`
        : `${DEMO_OWNER.username} / ${DEMO_OWNER.password}  (code: npm run admin:code -s)`,
    ],
  ]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const table = rows.map(([name = '', value]) => `  ${paint('cyan', name.padEnd(width))}  ${value}`)
  return [
    '',
    `乐淘 Letao is open after ${seconds.toFixed(1)} s.`,
    '',
    ...table,
    '',
    ...(phone ? [`On a phone in the same network: ${phone}`, '', terminalCode(phone), ''] : []),
    ...(tutorial
      ? [
          "Serving the tutorial's storefronts (docs/clients.md): lists under all of their names, WeChat's fields as lists,",
          'the SMS code in the answer. For work on this machine: the code proves nothing, and such front ends send yuan as fen.',
          '',
        ]
      : []),
    ...journey(shop),
    '',
  ].join('\n')
}

function journey({ url, wechat }: SummaryFacts['shop']): string[] {
  const { username, password } = DEMO_LOGIN
  const json = "-H 'Content-Type: application/json'"
  const lines = [
    'Next, in another terminal: log in, order two pairs, pay, ask.',
    `  TOKEN=$(curl -s ${url}/login ${json} -d '{"username":"${username}","password":"${password}"}' | node -p 'JSON.parse(fs.readFileSync(0)).token')`,
    `  ORDER=$(curl -s ${url}/wx/order -H "Authorization: Bearer $TOKEN" ${json} -d '{"items":[{"productId":1,"quantity":2}]}' | node -p 'JSON.parse(fs.readFileSync(0)).data.out_trade_no')`,
  ]
  const body = `-d "{\\"out_trade_no\\":\\"$ORDER\\"}"`
  if (wechat) lines.push(`  curl -s ${local(wechat.url)}/sim/pay ${json} ${body}`)
  lines.push(
    `  curl -s ${url}/queryOrder -H "Authorization: Bearer $TOKEN" ${json} ${body}`,
    '',
    'Ctrl-C stops everything.',
  )
  return lines
}

function local(url: string): string {
  return url.replace('127.0.0.1', 'localhost')
}

function withoutPassword(url: string): string {
  return url.replace(/:\/\/([^:@/]*)(:[^@/]*)?@/, '://$1:***@')
}
