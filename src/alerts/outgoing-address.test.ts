/** Addresses that alerts may go to, and all the ways in which a private one can look otherwise. */

import { expect, test } from 'vitest'
import { AddressError, addressProblem, isPublicAddress, resolvedAddress } from './outgoing-address.ts'

test('isPublicAddress', () => {
  const own =
    '127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 198.18.0.1 224.0.0.1 255.255.255.255 192.0.2.1 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 2001:db8::1 2002:a00:1::1 2001::1 3fff::1 localhost nonsense'
  for (const address of own.split(' ')) expect(isPublicAddress(address), address).toBe(false)
  for (const address of '8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700:4700::1111 2a00:1450::1'.split(' ')) {
    expect(isPublicAddress(address), address).toBe(true)
  }
})

test('addressProblem: as it is typed', () => {
  const problems: Record<string, string | null> = {
    nothing: 'not_an_address',
    'ftp://example.com/': 'not_an_address',
    'http://example.com/': 'not_https',
    'https://user:secret@example.com/': 'has_password',
    'https://localhost/x': 'private_address',
    'https://localhost./x': 'private_address',
    'https://printer.local/': 'private_address',
    'https://127.0.0.1/': 'private_address',
    'https://0x7f.1/': 'private_address',
    'https://2130706433/': 'private_address',
    'https://[::1]/': 'private_address',
    'https://[::ffff:7f00:1]/': 'private_address',
    'https://169.254.169.254/latest': 'private_address',
    'https://example.com/hook': null,
  }
  for (const [address, problem] of Object.entries(problems))
    expect(addressProblem(address, false), address).toBe(problem)
  expect(addressProblem('http://127.0.0.1:8080/', true)).toBeNull()
  expect(addressProblem('http://user@127.0.0.1/', true)).toBe('has_password')
})

const names = (found: Record<string, string[]>) => ({
  resolve: async (host: string) => found[host] ?? Promise.reject(new Error('none')),
})
const of = (address: string, isPrivateAllowed: boolean, found: Record<string, string[]> = {}) =>
  resolvedAddress(new URL(address), isPrivateAllowed, names(found)).catch((error: AddressError) => error.code)

test('resolvedAddress: judged after the name was resolved', async () => {
  const found = { 'a.example': ['8.8.8.8'], 'b.example': ['8.8.8.8', '10.0.0.1'], 'c.example': ['127.0.0.1'] }
  expect(await of('https://a.example/', false, found)).toBe('8.8.8.8')
  expect(await of('https://b.example/', false, found)).toBe('private_address')
  expect(await of('https://c.example/', false, found)).toBe('private_address')
  expect(await of('https://c.example/', true, found)).toBe('127.0.0.1')
  expect(await of('http://c.example/', true, found)).toBe('127.0.0.1')
  expect(await of('http://a.example/', true, found)).toBe('not_https')
  expect(await of('https://gone.example/', false, found)).toBe('unresolved')
  expect(await of('https://empty.example/', false, { 'empty.example': [] })).toBe('unresolved')
  expect(await of('https://[2606:4700::1]/', false)).toBe('2606:4700::1')
  expect(await of('https://10.0.0.1/', false)).toBe('private_address')
  expect(new AddressError('unresolved').message).toBe('unresolved')
})
