/**
 * Which addresses alerts may be sent to: https anywhere, and this machine or its network only where the person chose so.
 * Judged after the name was resolved, and the address that was judged is the one that is connected to.
 */

import { BlockList, isIP } from 'node:net'
import type { Telling } from '../lib/telling.ts'

/** Why an address cannot be used; the words are in messages. */
export type AddressProblem = 'not_an_address' | 'not_https' | 'has_password' | 'private_address' | 'unresolved'

/** An address that cannot be used. */
export class AddressError extends Error {
  override readonly name = 'AddressError'

  constructor(readonly code: AddressProblem) {
    super(code)
  }
}

/** Addresses that are not on the public network. Source: IANA special-purpose registries (RFC 6890, 2026-11) */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4')
}
/** Of IPv6 only this is public, and of this not what embeds other addresses or is for documents. */
const PUBLIC_V6 = new BlockList()
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6')
const SPECIAL_V6 = new BlockList()
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL_V6.addSubnet(network, bits, 'ipv6')
}

/** True for an address of the public network. Errors: none; what is no address is not public */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !PRIVATE.check(address, 'ipv4')
  if (family !== 6) return false
  return PUBLIC_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6')
}

/** Why an address as it was typed cannot be used; null when it may be. Names are resolved when something is sent. */
export function addressProblem(text: string, isPrivateAllowed: boolean): AddressProblem | null {
  if (!URL.canParse(text)) return 'not_an_address'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not_an_address'
  if (url.username !== '' || url.password !== '') return 'has_password'
  // Plain text is for one's own network.
  if (url.protocol === 'http:' && !isPrivateAllowed) return 'not_https'
  const host = hostOf(url)
  if (isPrivateAllowed) return null
  const isOwnName = /^localhost$|\.(localhost|local|internal|home\.arpa)$/.test(host)
  return isOwnName || (isIP(host) !== 0 && !isPublicAddress(host)) ? 'private_address' : null
}

/**
 * The address of the network to connect to.
 *
 * Errors: AddressError; a host of which any address is private is refused unless that was chosen, and a plain one unless all are
 */
export async function resolvedAddress(url: URL, isPrivateAllowed: boolean, { resolve }: Pick<Telling, 'resolve'>) {
  const problem = addressProblem(url.href, isPrivateAllowed)
  if (problem !== null) throw new AddressError(problem)
  const host = hostOf(url)
  const addresses = isIP(host) !== 0 ? [host] : await resolve(host).catch(() => [])
  const [first] = addresses
  if (first === undefined) throw new AddressError('unresolved')
  if (!isPrivateAllowed && !addresses.every(isPublicAddress)) throw new AddressError('private_address')
  if (url.protocol === 'http:' && addresses.some(isPublicAddress)) throw new AddressError('not_https')
  return first
}

/** The host of an address, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}
