/** What goes wrong at WeChat, and how often: lost, repeated, late, reordered, wrong and slow. */
import type { FaultPoint, FaultRule } from '../../simulators/wechat-pay/index.ts'

const messages: FaultPoint[] = ['notify', 'refundnotify']
const questions: FaultPoint[] = ['orderquery', 'refundquery']
const orders: FaultPoint[] = ['unifiedorder', 'closeorder', 'refund']
const calls: FaultPoint[] = [...questions, ...orders]

export const soakFaults: readonly FaultRule[] = [
  { on: messages, kind: 'lost', probability: 0.15 },
  { on: messages, kind: 'repeat', count: 3, probability: 0.1 },
  { on: messages, kind: 'late', delayMs: 150, probability: 0.08 },
  { on: messages, kind: 'late', delayMs: 2000, probability: 0.03 },
  { on: messages, kind: 'wrongAmount', probability: 0.02 },
  { on: messages, kind: 'wrongSignature', probability: 0.02 },
  { on: messages, kind: 'otherMerchant', probability: 0.02 },
  { on: messages, kind: 'garbage', probability: 0.02 },
  { on: calls, kind: 'replyLost', probability: 0.02 },
  { on: calls, kind: 'SYSTEMERROR', probability: 0.015 },
  { on: calls, kind: 'SYSTEMERROR', afterWork: true, probability: 0.015 },
  { on: calls, kind: 'reset', probability: 0.01 },
  { on: calls, kind: 'http500', probability: 0.01 },
  { on: calls, kind: 'http500', afterWork: true, probability: 0.01 },
  { on: calls, kind: 'garbage', probability: 0.01 },
  { on: calls, kind: 'garbage', afterWork: true, probability: 0.01 },
  { on: calls, kind: 'wrongSignature', probability: 0.01 },
  { on: calls, kind: 'otherMerchant', probability: 0.01 },
  { on: calls, kind: 'slow', delayMs: 250, probability: 0.02 },
  { on: orders, kind: 'timeout', afterWork: true, probability: 0.0005 },
  { on: orders, kind: 'timeout', probability: 0.0005 },
  { on: 'refund', kind: 'error', errCode: 'NOTENOUGH', probability: 0.03 },
  { on: 'refund', kind: 'error', errCode: 'BIZERR_NEED_RETRY', probability: 0.02 },
  { on: 'refund', kind: 'error', errCode: 'FREQUENCY_LIMITED', probability: 0.01 },
  { on: 'refund', kind: 'error', errCode: 'PARAM_ERROR', probability: 0.005 },
  { on: 'downloadbill', kind: 'replyLost', probability: 0.2 },
  { on: 'downloadbill', kind: 'http500', probability: 0.1 },
]
