/** Switches the loopback interface of a new network namespace on, and shows that there is nothing else. */

import { dlopen, FFIType, ptr } from 'bun:ffi'
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { VENDOR_HOSTS } from './namespace.ts'

/** Source: linux/sockios.h, linux/if.h, bits/socket.h */
const [AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP, IFREQ_BYTES, NAME_BYTES] = [2, 2, 0x8914, 1, 40, 16]

/** Errors: Error where the system refuses */
export function raiseLoopback(): void {
  const libc = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'].find(canOpen)
  if (!libc) throw new Error('no C library was found')
  const { symbols } = dlopen(libc, SYMBOLS)
  const request = new Uint8Array(IFREQ_BYTES)
  request.set(new TextEncoder().encode('lo'))
  new DataView(request.buffer).setInt16(NAME_BYTES, IFF_UP, true)
  const socket = symbols.socket(AF_INET, SOCK_DGRAM, 0)
  const refused = symbols.ioctl(socket, SIOCSIFFLAGS, ptr(request))
  symbols.close(socket)
  if (refused !== 0) throw new Error('the loopback interface could not be switched on')
}

const SYMBOLS = {
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
  close: { args: [FFIType.i32], returns: FFIType.i32 },
} as const

function canOpen(name: string): boolean {
  try {
    dlopen(name, SYMBOLS)
    return true
  } catch {
    return false
  }
}

/** What could be seen of a network beyond loopback; empty when there is none. */
export async function waysOut(): Promise<string[]> {
  const out: string[] = []
  const interfaces = readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*([^\s:|]+):/gm)
  for (const [, name] of interfaces) if (name !== 'lo') out.push(`interface ${name}`)
  for (const table of ['/proc/net/route', '/proc/net/ipv6_route']) {
    for (const line of readFileSync(table, 'utf8').trim().split('\n')) {
      if (!/^Iface|\slo$|^$/.test(line)) out.push(`route ${line.slice(0, 60)}`)
    }
  }
  for (const host of VENDOR_HOSTS) {
    const { address } = await lookup(host)
    if (address !== '127.0.0.1') out.push(`${host} is ${address}`)
  }
  // From the block for documentation (RFC 5737): nobody would be disturbed.
  if (await canConnect('192.0.2.1')) out.push('a connection beyond loopback')
  if (await lookup('example.com').then(...SUCCEEDS)) out.push('names of the outer world')
  return out
}

const SUCCEEDS = [() => true, () => false] as const

function canConnect(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, timeout: 2_000 })
    const end = (is: boolean) => () => {
      socket.destroy()
      resolve(is)
    }
    // A silent network would be one: the packet went somewhere.
    socket.once('connect', end(true)).once('timeout', end(true)).once('error', end(false))
  })
}
