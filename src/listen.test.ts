import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from './lib/secret.ts'
import { ListenRefusal, listen } from './listen.ts'
import { removeServerFile, writeServerFile } from './server-file.ts'
import { until } from './testing/until.ts'

const hello = () => new Response('hello')
const hasIpv6 = Object.values(networkInterfaces()).some((entries) => entries?.some(({ address }) => address === '::1'))
const textAt = async (host: string, port: number) => await (await fetch(`http://${host}:${port}/`)).text()

test('port 0 finds one port for both loopback families, and nobody else can have either half', async () => {
  const { port, stop } = await listen({ host: '127.0.0.1', port: 0, fetch: hello })
  expect(await textAt('127.0.0.1', port)).toBe('hello')
  for (const hostname of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
    expect(await textAt(hostname === '::1' ? '[::1]' : hostname, port)).toBe('hello')
    expect(() => Bun.serve({ hostname, port, fetch: hello })).toThrow()
  }
  await stop(1_000)
})

test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
  'a port that is taken on %s alone is refused by name, and the other half is given back',
  async (hostname) => {
    const squatter = Bun.serve({ hostname, port: 0, fetch: hello })
    const refusal = await listen({ host: 'localhost', port: squatter.port!, fetch: hello }).catch((error) => error)
    expect(refusal).toBeInstanceOf(ListenRefusal)
    expect(refusal.exitCode).toBe(75)
    expect(refusal.message).toContain(`Port ${squatter.port} is in use by `)
    if (process.platform === 'linux') expect(refusal.message).toContain(`(process ${process.pid})`)
    expect(refusal.message).toContain('TOKENDECK_PORT')
    await squatter.stop(true)
    const again = await listen({ host: 'localhost', port: squatter.port!, fetch: hello })
    await again.stop(0)
  },
)

test('an address of another machine is refused as configuration', async () => {
  const refusal = await listen({ host: '192.0.2.1', port: 0, fetch: hello }).catch((error) => error)
  expect(refusal).toMatchObject({ exitCode: 78 })
  expect(refusal.message).toContain('TOKENDECK_HOST')
})

test('stopping sends answers that are under way, refuses new ones, and ends those that last too long', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let asked = 0
  const slow = await listen({
    host: '127.0.0.1',
    port: 0,
    fetch: () => {
      asked++
      return held.then(hello)
    },
  })
  const underWay = textAt('127.0.0.1', slow.port)
  await until(() => asked === 1)
  const stopped = slow.stop(5_000)
  await expect(textAt('127.0.0.1', slow.port)).rejects.toThrow()
  release()
  expect(await underWay).toBe('hello')
  await stopped

  const endless = await listen({
    host: '127.0.0.1',
    port: 0,
    fetch: () => {
      asked++
      return new Promise<Response>(() => {})
    },
  })
  const lost = textAt('127.0.0.1', endless.port).catch(() => 'ended')
  await until(() => asked === 2)
  await endless.stop(50)
  expect(await lost).toBe('ended')
})

test('the server file is for its owner alone, and only its own server removes it', () => {
  const home = mkdtempSync(join(tmpdir(), 'tokendeck-server-'))
  const server = { pid: 1, port: 4747, host: '127.0.0.1', startedAt: 5, proofKey: new Secret('FAKE-proof-key') }
  writeServerFile(home, server)
  writeServerFile(home, server)
  const path = join(home, 'server.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...server, proofKey: 'FAKE-proof-key' })
  removeServerFile(home, new Secret('another'))
  expect(statSync(path).isFile()).toBe(true)
  removeServerFile(home, server.proofKey)
  expect(() => statSync(path)).toThrow()
  removeServerFile(home, server.proofKey)
  rmSync(home, { recursive: true })
})
