/**
 * A D-Bus session bus of a test, as the system's own keyring library meets it: one that says nothing at all, one that
 * stops in the middle, one without a keyring, one whose keyring is locked. Source: D-Bus Specification 0.43.
 */

import { createServer, type Socket } from 'node:net'

/** `silent`: nothing. `stuck`: greets, and answers no question. `absent`: no keyring runs. `locked`: it may not be asked. */
export type BusMood = 'silent' | 'stuck' | 'absent' | 'locked'

const ERRORS: Partial<Record<BusMood, string>> = {
  absent: 'org.freedesktop.DBus.Error.ServiceUnknown',
  locked: 'org.freedesktop.Secret.Error.IsLocked',
}

/** What the bus calls the one who asks, and the keyring that runs. */
const OWN_NAME = ':1.1'
const KEYRING_NAME = ':1.2'
const ALREADY_RUNNING = 2

export interface FakeSessionBus {
  /** For DBUS_SESSION_BUS_ADDRESS. */
  address: string
  /** Members that were called, in their order. */
  calls: string[]
  close(): void
}

/** Listens at a socket. */
export async function startFakeSessionBus(path: string, mood: BusMood): Promise<FakeSessionBus> {
  const calls: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    if (mood !== 'silent') serve(socket, mood, calls)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    address: `unix:path=${path}`,
    calls,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function serve(socket: Socket, mood: BusMood, calls: string[]): void {
  let waiting = Buffer.alloc(0)
  let isGreeted = false
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (!isGreeted) {
      const end = waiting.indexOf('\r\n')
      if (end < 0) return
      const line = waiting.toString('latin1', 0, end).replace('\0', '')
      waiting = waiting.subarray(end + 2)
      isGreeted = line === 'BEGIN'
      if (line === 'AUTH') socket.write('REJECTED EXTERNAL\r\n')
      else if (line === 'AUTH EXTERNAL') socket.write('DATA\r\n')
      else if (/^(AUTH|DATA)/.test(line)) socket.write(`OK ${'0'.repeat(32)}\r\n`)
      else if (!isGreeted) socket.write('ERROR\r\n')
    }
    for (let size = messageSize(waiting); size !== null && size <= waiting.length; size = messageSize(waiting)) {
      const message = waiting.subarray(0, size)
      waiting = waiting.subarray(size)
      const serial = message.readUInt32LE(8)
      // The fields say more than this; the name of the method is enough here.
      const member = /[\0]([A-Z][A-Za-z]+)\0/.exec(message.toString('latin1'))?.[1] ?? ''
      calls.push(member)
      const isThere = mood === 'locked'
      if (member === 'Hello') socket.write(reply(serial, { name: OWN_NAME }))
      else if (isThere && member === 'GetNameOwner') socket.write(reply(serial, { name: KEYRING_NAME }))
      else if (isThere && member === 'StartServiceByName') socket.write(reply(serial, { number: ALREADY_RUNNING }))
      else if (ERRORS[mood]) socket.write(reply(serial, { error: ERRORS[mood] }))
    }
  })
}

const padded = (size: number) => Math.ceil(size / 8) * 8

/** The whole size of the message that begins here; null when that is not known yet. */
function messageSize(bytes: Buffer): number | null {
  return bytes.length < 16 ? null : padded(16 + bytes.readUInt32LE(12)) + bytes.readUInt32LE(4)
}

type Answer = { error: string } | { name: string } | { number: number }

/** A message that answers the one of that serial number. */
function reply(serial: number, answer: Answer): Buffer {
  const isError = 'error' in answer
  const fields = [
    field(5, 'u', uint32(serial)),
    field(6, 's', text(OWN_NAME)),
    field(7, 's', text('org.freedesktop.DBus')),
  ]
  if (isError) fields.push(field(4, 's', text(answer.error)))
  else fields.push(field(8, 'g', Buffer.from([1, ('name' in answer ? 's' : 'u').charCodeAt(0), 0])))
  // Every field begins at a multiple of eight; the last one is not filled up.
  const last = fields.pop()!
  const array = Buffer.concat([...fields.map((bytes) => Buffer.concat([bytes], padded(bytes.length))), last])
  const body = isError ? Buffer.alloc(0) : 'name' in answer ? text(answer.name) : uint32(answer.number)
  const head = Buffer.concat([
    Buffer.from([0x6c, isError ? 3 : 2, 1, 1]),
    ...[uint32(body.length), uint32(serial), uint32(array.length)],
  ])
  return Buffer.concat([Buffer.concat([head, array], padded(head.length + array.length)), body])
}

function field(code: number, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, 1, type.charCodeAt(0), 0]), value])
}

function text(value: string): Buffer {
  return Buffer.concat([uint32(value.length), Buffer.from(`${value}\0`, 'latin1')])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
