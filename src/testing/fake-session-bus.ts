/**
 * A D-Bus session bus of a test, as the system's own keyring library meets it: one that says nothing at all, one that stops
 * in the middle, one without a keyring, one whose keyring is locked and waits for a person at its prompt, and one that works.
 * Source: D-Bus Specification 0.43.
 */

import { createServer, type Socket } from 'node:net'
import { type DbusValue, decodeValues, encodeValues, type Variant } from './dbus-values.ts'
import { createSecretService, type SecretService } from './fake-secret-service.ts'

/**
 * `silent`: nothing. `stuck`: greets, and answers no question. `absent`: no keyring runs. `refusing`: it may not be asked.
 * `locked`: what it holds is locked, and its prompt never ends. `working`: it keeps what it is given.
 */
export type BusMood = 'silent' | 'stuck' | 'absent' | 'refusing' | 'locked' | 'working'

const ERRORS: Partial<Record<BusMood, string>> = {
  absent: 'org.freedesktop.DBus.Error.ServiceUnknown',
  refusing: 'org.freedesktop.Secret.Error.IsLocked',
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

/** A question, as far as anybody here looks at it. */
export interface DbusCall {
  path: string
  member: string
  arguments: DbusValue[]
}

/** What is said to a question; null: nothing, for ever. */
export type DbusAnswer = { error: string } | { signature: string; values: DbusValue[] } | null

/** Listens at a socket. */
export async function startFakeSessionBus(path: string, mood: BusMood): Promise<FakeSessionBus> {
  const calls: string[] = []
  const sockets = new Set<Socket>()
  const isThere = mood === 'locked' || mood === 'working'
  const keyring = isThere ? createSecretService({ isLocked: mood === 'locked' }) : null
  const server = createServer((socket) => {
    sockets.add(socket)
    if (mood !== 'silent') serve(socket, calls, (call) => answer(call, mood, keyring))
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

function serve(socket: Socket, calls: string[], answerTo: (call: DbusCall) => DbusAnswer): void {
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
      const call = callIn(message)
      calls.push(call.member)
      const said = answerTo(call)
      if (said) socket.write(reply(message.readUInt32LE(8), said))
    }
  })
}

const PATH = 1
const MEMBER = 3
const SIGNATURE = 8

function callIn(message: Buffer): DbusCall {
  const [fields] = decodeValues('a(yv)', message, 12) as [[number, Variant][]]
  const field = (code: number) => fields.find(([each]) => each === code)?.[1].value as string | undefined
  const body = message.subarray(padded(16 + message.readUInt32LE(12)))
  return {
    path: field(PATH) ?? '',
    member: field(MEMBER) ?? '',
    arguments: decodeValues(field(SIGNATURE) ?? '', body),
  }
}

/** The bus answers what is asked of itself, and the keyring the rest. */
function answer(call: DbusCall, mood: BusMood, keyring: SecretService | null): DbusAnswer {
  const isThere = keyring !== null || mood === 'refusing'
  if (call.member === 'Hello') return { signature: 's', values: [OWN_NAME] }
  if (isThere && call.member === 'GetNameOwner') return { signature: 's', values: [KEYRING_NAME] }
  if (isThere && call.member === 'StartServiceByName') return { signature: 'u', values: [ALREADY_RUNNING] }
  if (keyring && /^(Add|Remove)Match$/.test(call.member)) return { signature: '', values: [] }
  if (keyring) return keyring.answer(call)
  return ERRORS[mood] ? { error: ERRORS[mood] } : null
}

const padded = (size: number) => Math.ceil(size / 8) * 8

/** The whole size of the message that begins here; null when that is not known yet. */
function messageSize(bytes: Buffer): number | null {
  return bytes.length < 16 ? null : padded(16 + bytes.readUInt32LE(12)) + bytes.readUInt32LE(4)
}

const RETURN = 2
const ERROR = 3

/** A message that answers the one of that serial number. */
function reply(serial: number, said: NonNullable<DbusAnswer>): Buffer {
  const isError = 'error' in said
  const body = isError ? Buffer.alloc(0) : encodeValues(said.signature, said.values)
  const fields: [number, Variant][] = [
    [5, { type: 'u', value: serial }],
    [6, { type: 's', value: OWN_NAME }],
    [7, { type: 's', value: KEYRING_NAME }],
  ]
  if (isError) fields.push([4, { type: 's', value: said.error }])
  else if (said.signature !== '') fields.push([SIGNATURE, { type: 'g', value: said.signature }])
  const head = encodeValues('yyyyuua(yv)', [0x6c, isError ? ERROR : RETURN, 1, 1, body.length, serial, fields])
  return Buffer.concat([Buffer.concat([head], padded(head.length)), body])
}
