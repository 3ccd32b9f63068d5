import assert from 'node:assert/strict'
import type { NetworkInterfaceInfo } from 'node:os'
import { test } from 'node:test'
import { hostFromHere, phoneUrl } from '../../local/address.ts'

const address = (text: string, more: Partial<NetworkInterfaceInfo> = {}) =>
  ({ address: text, family: 'IPv4', internal: false, ...more }) as NetworkInterfaceInfo

const laptop = {
  lo: [address('127.0.0.1', { internal: true })],
  docker0: [address('172.17.0.1')],
  wlan0: [address('fe80::1', { family: 'IPv6' }), address('192.168.1.20')],
}

test('a shop that is open to the network is at this machine’s address there', () => {
  assert.equal(phoneUrl('0.0.0.0', 3000, laptop), 'http://192.168.1.20:3000')
  assert.equal(phoneUrl('::', 4000, laptop), 'http://192.168.1.20:4000')
})

test('a shop on one address is there', () => {
  assert.equal(phoneUrl('10.0.0.7', 3000, laptop), 'http://10.0.0.7:3000')
  assert.equal(phoneUrl('fd00::7', 3000, laptop), 'http://[fd00::7]:3000')
})

test('no phone reaches loopback, or a machine without a network', () => {
  for (const host of [undefined, '127.0.0.1', 'localhost', '::1'])
    assert.equal(phoneUrl(host, 3000, laptop), undefined)
  const alone = { lo: laptop.lo, docker0: laptop.docker0, eth0: [address('169.254.7.7')] }
  assert.equal(phoneUrl('0.0.0.0', 3000, alone), undefined)
})

test('the machine itself uses loopback, unless the shop is not there', () => {
  assert.equal(hostFromHere(undefined), '127.0.0.1')
  assert.equal(hostFromHere('0.0.0.0'), '127.0.0.1')
  assert.equal(hostFromHere('192.168.1.20'), '192.168.1.20')
})
