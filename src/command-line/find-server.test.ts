/** Finding the server of a home: who is believed, and what whoever else listens on its port gets to hear. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { proofOf } from '../lib/server-proof.ts'
import { findServer } from './find-server.ts'

const PROOF_KEY = 'FAKE-proof-key-of-the-real-server-0123456789'
const API_TOKEN = 'td_FAKE-api-token-of-this-home-0123456789'

let home: string
/** Whoever listens on the port of the file: what it heard, byte for byte, and what it says. */
let listener: Server
let heard: string
let answer: (challenge: string, port: number) => string

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'tokendeck-find-server-'))
  heard = ''
  answer = () => ok('')
  listener = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      heard += chunk
      const challenge = /tokendeck-challenge: (\S+)/i.exec(heard)?.[1] ?? ''
      socket.end(answer(challenge, portOf(listener)))
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  writeFileSync(join(home, 'api-token'), `${API_TOKEN}\n`, { mode: 0o600 })
  writeServerFile({ port: portOf(listener), proofKey: PROOF_KEY })
})

afterEach(() => {
  listener.close()
  rmSync(home, { recursive: true, force: true })
})

const portOf = (server: Server) => (server.address() as { port: number }).port
const ok = (header: string) => `HTTP/1.1 200 OK\r\n${header}Content-Length: 2\r\nConnection: close\r\n\r\n{}`
const proving = (proof: string) => ok(`Tokendeck-Proof: ${proof}\r\n`)
const writeServerFile = (content: unknown) =>
  writeFileSync(join(home, 'server.json'), typeof content === 'string' ? content : JSON.stringify(content))

test('the server that wrote the file is found', async () => {
  answer = (challenge, port) => proving(proofOf(new Secret(PROOF_KEY), challenge, port))
  expect(await findServer(home, fetch, systemRandom)).toEqual({ origin: `http://127.0.0.1:${portOf(listener)}` })
})

describe('a squatter on the port is no server, and hears nothing secret', () => {
  const other = new Secret('FAKE-proof-key-of-somebody-else-0123456789')
  test.each<[string, typeof answer]>([
    ['that proves nothing', () => ok('')],
    ['that says an empty proof', () => proving('')],
    ['that says the challenge again', (challenge) => proving(challenge)],
    ['that knows another key', (challenge, port) => proving(proofOf(other, challenge, port))],
    [
      'that passes the challenge on to the real server elsewhere',
      (challenge, port) => proving(proofOf(new Secret(PROOF_KEY), challenge, port + 1)),
    ],
    ['that remembers an earlier proof', (_, port) => proving(proofOf(new Secret(PROOF_KEY), 'earlier', port))],
    [
      'that leads on',
      (challenge, port) =>
        `HTTP/1.1 307 There\r\nTokendeck-Proof: ${proofOf(new Secret(PROOF_KEY), challenge, port)}\r\nLocation: http://127.0.0.1:${port}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    ],
    ['that speaks no HTTP', () => 'SSH-2.0-fake\r\n'],
    ['that hangs up', () => ''],
  ])('%s', async (_, says) => {
    answer = says
    expect(await findServer(home, fetch, systemRandom)).toBeNull()
    expect(heard).toMatch(/^GET \/healthz HTTP/)
    for (const secret of [PROOF_KEY, API_TOKEN]) expect(heard).not.toContain(secret.slice(0, 12))
    expect(heard).not.toMatch(/authorization|cookie/i)
  })
})

describe('a file that names no server', () => {
  test.each<[string, unknown]>([
    ['is torn', '{"port":'],
    ['has no port', { proofKey: PROOF_KEY }],
    ['has a port in words', { port: '4747', proofKey: PROOF_KEY }],
    ['has no key', { port: 4747 }],
    ['has a key that could be guessed', { port: 4747, proofKey: 'short' }],
    ['is a list', [4747]],
  ])('that %s asks nobody', async (_, content) => {
    writeServerFile(content)
    expect(await findServer(home, () => Promise.reject(new Error('asked')), systemRandom)).toBeNull()
    expect(heard).toBe('')
  })

  test('a home without one', async () => {
    rmSync(join(home, 'server.json'))
    expect(await findServer(home, fetch, systemRandom)).toBeNull()
  })

  test('a server that is gone', async () => {
    await new Promise((resolve) => listener.close(resolve))
    expect(await findServer(home, fetch, systemRandom)).toBeNull()
  })
})
