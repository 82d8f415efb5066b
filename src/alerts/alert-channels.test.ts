/** Channels: what leaves this machine, how, and what never does. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import type { Telling } from '../lib/telling.ts'
import { outsideFetch } from '../process-hygiene.ts'
import { type AlertWorld, createAlertWorld, type Sent } from '../testing/alert-world.ts'
import { scriptedPrograms } from '../testing/fake-programs.ts'
import { listAlertChannels, removeChannel } from './alert-channels.ts'
import { webhookSignature } from './alert-message.ts'
import { deliverAlerts, testChannel } from './deliver-alerts.ts'
import { sendOutside } from './send-outside.ts'

let alerts: AlertWorld
let world: AlertWorld['world']
let sent: Sent[]
let add: AlertWorld['add']
let cross: AlertWorld['cross']

beforeEach(async () => {
  alerts = await createAlertWorld()
  ;({ world, sent, add, cross } = alerts)
})
afterEach(() => world.close())

test('a webhook: signed, with ids and without names, to the address that was looked up', async () => {
  const { signingKey } = await add()
  await cross(85)
  expect(await deliverAlerts(world.context)).toBe(1)
  const [{ url, headers, body, init }] = sent as [Sent]
  expect(url).toBe('https://93.184.216.34/secret-path?key=FAKE')
  expect(headers).toMatchObject({
    host: 'hook.example',
    'user-agent': 'tokendeck/0.0.0-test',
    'content-type': 'application/json',
  })
  expect(init).toMatchObject({
    method: 'POST',
    redirect: 'error',
    tls: { rejectUnauthorized: true, serverName: 'hook.example' },
  })
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers
  expect(Number(time)).toBe(Math.floor(world.clock.now() / SECOND_MS))
  expect(signature).toBe(`v1,${webhookSignature(signingKey!, id!, time!, body)}`)
  expect(signature).not.toBe(`v1,${webhookSignature(signingKey!, id!, time!, `${body} `)}`)
  expect(JSON.parse(body)).toMatchObject({
    type: 'alert.usage',
    data: {
      kind: 'usage',
      provider: 'codex',
      account_id: alerts.grace,
      account: null,
      threshold: 80,
      percent: 85,
      title: expect.stringContaining(`Codex ${alerts.grace.slice(-6)}`),
    },
  })
  expect(body).not.toContain('grace@example.com')
  expect(await deliverAlerts(world.context)).toBe(0)
  const [channel] = await listAlertChannels(world.context)
  expect(channel).toMatchObject({ hint: 'hook.example', last: { deliveredAt: world.clock.now(), tries: 1 } })
})

test('Standard Webhooks: the signature of their own example', () => {
  const key = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const body = '{"test": 2432232314}'
  expect(webhookSignature(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', body)).toBe(
    'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

test('names are sent by choice only', async () => {
  await add({ includesNames: true })
  await cross(85)
  await deliverAlerts(world.context)
  expect(JSON.parse(sent[0]!.body).data.account).toBe('grace@example.com')
})

test('private addresses: refused as typed, refused after the name was resolved, used by choice', async () => {
  await expect(add({ target: 'https://127.0.0.1/' })).rejects.toMatchObject({ problem: 'private_address' })
  const { id } = await add({ target: 'https://inside.example/' })
  expect(await testChannel(world.context, id)).toEqual({ isSent: false, code: 'private_address', isFinal: true })
  const { id: own } = await add({ target: 'http://inside.example:8080/x', isPrivateAllowed: true })
  expect(await testChannel(world.context, own)).toEqual({ isSent: true })
  expect(sent.map(({ url, headers }) => [url, headers.host])).toEqual([
    ['http://10.0.0.7:8080/x', 'inside.example:8080'],
  ])
})

test('ntfy: JSON to the server of the topic, with a priority', async () => {
  await expect(add({ kind: 'ntfy', target: 'https://ntfy.example/' })).rejects.toMatchObject({ problem: 'no_topic' })
  await add({ kind: 'ntfy', target: 'https://ntfy.example/base/my-topic' })
  await cross(85)
  await deliverAlerts(world.context)
  await cross(100)
  await deliverAlerts(world.context)
  expect(sent.map(({ url }) => url)).toEqual(['https://93.184.216.34/base', 'https://93.184.216.34/base'])
  expect(sent.map(({ body }) => JSON.parse(body)).map(({ topic, priority }) => [topic, priority])).toEqual([
    ['my-topic', 3],
    ['my-topic', 4],
  ])
})

test('a command: no shell, values in its environment, and its end tells how it went', async () => {
  const out = join(world.directory, 'said.json')
  const script = `import { writeFileSync } from 'node:fs'
    writeFileSync(process.argv[2], JSON.stringify([process.argv.slice(3), process.env]))
    process.exit(process.argv[3] === 'bad' ? 3 : 0)`
  const programs = await scriptedPrograms(join(world.directory, 'bin'), { teller: script })
  Object.assign(world.context, { programs })
  await expect(add({ kind: 'command', target: ' ' })).rejects.toMatchObject({ problem: 'no_command' })
  await expect(add({ kind: 'command', target: 'a "b' })).rejects.toMatchObject({ problem: 'open_quote' })
  await expect(add({ kind: 'command', target: 'not-there' })).rejects.toMatchObject({ problem: 'no_such_program' })
  const { signingKey } = await add({ kind: 'command', target: `teller ${out} 'good one; $HOME'` })
  expect(signingKey).toBeNull()
  await cross(85)
  expect(await deliverAlerts(world.context)).toBe(1)
  const [args, env] = JSON.parse(readFileSync(out, 'utf8'))
  expect(args).toEqual(['good one; $HOME'])
  expect(env).toMatchObject({
    TOKENDECK_ALERT_KIND: 'usage',
    TOKENDECK_ALERT_PERCENT: '85',
    TOKENDECK_ALERT_THRESHOLD: '80',
    TOKENDECK_ALERT_ACCOUNT_ID: alerts.grace,
  })
  const bad = await add({ kind: 'command', target: `teller ${out} bad` })
  expect(await testChannel(world.context, bad.id)).toMatchObject({ isSent: false, code: 'exit_3' })
  const absolute = await add({ kind: 'command', target: '/nowhere/at-all' })
  expect(await testChannel(world.context, absolute.id)).toMatchObject({
    isSent: false,
    code: expect.stringMatching(/^command_|^exit_/),
  })
  Object.assign(world.context, { programs: { ...programs, find: async () => null } })
  expect(await testChannel(world.context, bad.id)).toMatchObject({ isSent: false, code: 'no_such_program' })
  expect((await listAlertChannels(world.context)).map(({ hint }) => hint)).toEqual([
    'teller',
    'teller',
    '/nowhere/at-all',
  ])
})

test('a command runs on the machine on which it was typed', async () => {
  const run: string[] = []
  const programs = {
    ...world.context.programs,
    find: async () => '/bin/x',
    run: async () => {
      run.push('x')
      return { end: 'exited' as const, exitCode: 0, stdout: '', stderr: '' }
    },
  }
  Object.assign(world.context, { programs })
  const { id } = await add({ kind: 'command', target: 'x' })
  await cross(85)
  const elsewhere = { ...world.context, machine: { id: 'mch_other', name: 'Other' } as never }
  expect(await deliverAlerts(elsewhere)).toBe(0)
  expect(await testChannel(elsewhere, id)).toMatchObject({ code: 'other_machine' })
  expect((await listAlertChannels(elsewhere))[0]!.isElsewhere).toBe(true)
  expect(await deliverAlerts(world.context)).toBe(1)
  expect(run).toEqual(['x'])
})

test('what cannot be told says why', async () => {
  const { id } = await add()
  const code = async (make: () => Response | Promise<Response>) => {
    alerts.answer = make
    const outcome = await testChannel(world.context, id)
    return outcome.isSent ? 'told' : outcome.code
  }
  const failing = (name: string) => () =>
    Promise.reject(Object.assign(new Error('hook.example/secret-path'), { code: name }))
  expect(await code(failing('UnexpectedRedirect'))).toBe('redirected')
  expect(await code(failing('ERR_TLS_CERT_ALTNAME_INVALID'))).toBe('tls_failed')
  expect(await code(failing('ConnectionRefused'))).toBe('unreachable')
  expect(await code(() => Promise.reject(null))).toBe('unreachable')
  expect(await code(() => new Response(null, { status: 204 }))).toBe('told')
  expect(world.log.text()).not.toContain('secret-path')
  await world.context.database.run(sql`update alert_channels set signing_key_sealed = 'v1.k.x'`)
  expect(await code(() => new Response())).toBe('key_gone')
  await world.context.database.run(sql`update alert_channels set target_sealed = null`)
  expect(await code(() => new Response())).toBe('key_gone')
  expect((await listAlertChannels(world.context))[0]!.hint).toBeNull()
  Object.assign(world.context, { telling: undefined })
  expect(await code(() => new Response())).toBe('not_available')
  await expect(testChannel(world.context, 'chn_none')).rejects.toMatchObject({ problem: 'not_found' })
})

test('channels: bounded, removable, and sealed', async () => {
  await expect(add({ target: `https://example.com/${'x'.repeat(2000)}` })).rejects.toMatchObject({
    problem: 'too_long',
  })
  const { id, signingKey } = await add({ name: ' \u202e ' })
  const [row] = await world.context.database.all<Record<string, string>>(sql`select * from alert_channels`)
  expect(JSON.stringify(row)).not.toMatch(/secret-path|hook\.example/)
  expect(JSON.stringify(row)).not.toContain(signingKey!.reveal())
  expect((await listAlertChannels(world.context))[0]).toMatchObject({ name: 'webhook', last: null })
  await removeChannel(world.context, id, 'browser')
  await expect(removeChannel(world.context, id, 'browser')).rejects.toMatchObject({ problem: 'not_found' })
  for (let count = 0; count < 20; count++) await add()
  await expect(add()).rejects.toMatchObject({ problem: 'too_many' })
})

test('over a real connection: the certificate must be that of the name, though the address was pinned', async () => {
  const key = join(world.directory, 'key.pem')
  const certificate = join(world.directory, 'cert.pem')
  const names = ['-subj', '/CN=hook.example', '-addext', 'subjectAltName=DNS:hook.example']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', ...names],
    { stdio: 'ignore' },
  )
  const heard: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') },
    fetch: async (request) => {
      heard.push(`${request.headers.get('host')} ${await request.text()}`)
      return new URL(request.url).pathname === '/away'
        ? Response.redirect('https://elsewhere.example/', 307)
        : new Response('x'.repeat(100_000))
    },
  })
  try {
    const real: Telling = {
      ...alerts.telling,
      resolve: async () => ['127.0.0.1'],
      fetch: (url, init) =>
        outsideFetch(url, { ...init, tls: { ...init.tls, ca: readFileSync(certificate, 'utf8') } }, true),
    }
    const send = (url: string) =>
      sendOutside({ url, headers: {}, body: 'news', isPrivateAllowed: true }, real, new AbortController().signal)
    expect(await send(`https://hook.example:${server.port}/x`)).toEqual({ isSent: true })
    expect(heard).toEqual([`hook.example:${server.port} news`])
    expect(await send(`https://other.example:${server.port}/x`)).toMatchObject({ code: 'tls_failed' })
    expect(await send(`https://hook.example:${server.port}/away`)).toMatchObject({ code: 'redirected' })
    expect(heard).toHaveLength(2)
  } finally {
    await server.stop(true)
  }
})
