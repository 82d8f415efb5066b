/** Who holds a port, read from a proc file system made for the test and from the real one. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPortHolder } from './port-holder.ts'

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const socket = (address: string, state: string, inode: number) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0\n`

let proc: string

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'tokendeck-proc-'))
  mkdirSync(join(proc, 'net'))
})

afterEach(() => rmSync(proc, { recursive: true }))

function program(pid: number, name: string, inode: number): void {
  mkdirSync(join(proc, String(pid), 'fd'), { recursive: true })
  writeFileSync(join(proc, String(pid), 'comm'), `${name}\n`)
  symlinkSync(`socket:[${inode}]`, join(proc, String(pid), 'fd', '3'))
}

test('names the program that listens, in either family', async () => {
  writeFileSync(join(proc, 'net/tcp'), HEADER + socket('0100007F:05AF', '0A', 11))
  writeFileSync(join(proc, 'net/tcp6'), HEADER + socket('00000000000000000000000001000000:05B1', '0A', 22))
  program(100, 'other', 99)
  program(200, 'codex\u001b[31m', 11)
  program(300, 'opencode', 22)
  expect(await findPortHolder(1455, proc)).toEqual({ pid: 200, name: 'codex [31m' })
  expect(await findPortHolder(1457, proc)).toEqual({ pid: 300, name: 'opencode' })
})

test.each([
  ['a connection that only comes from the port', socket('0100007F:05AF', '01', 11)],
  ['another port', socket('0100007F:05B0', '0A', 11)],
  ['a socket of a program that cannot be seen', socket('0100007F:05AF', '0A', 12)],
  ['a table that is no table', 'garbage\n:\n'],
])('says nothing of %s', async (_, line) => {
  writeFileSync(join(proc, 'net/tcp'), HEADER + line)
  program(200, 'codex', 11)
  expect(await findPortHolder(1455, proc)).toBeNull()
})

test('says nothing where there is no such file system', async () => {
  expect(await findPortHolder(1455, join(proc, 'missing'))).toBeNull()
})

test.runIf(process.platform === 'linux')('finds this very process', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  expect((await findPortHolder(port))?.pid).toBe(process.pid)
  await new Promise((resolve) => server.close(resolve))
})
