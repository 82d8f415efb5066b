/**
 * Lets every secret there is pass through the running program, and then looks for it everywhere else: in pages, JSON,
 * events, logs, arguments, messages, and every file of the home.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MARKS } from '../views/ui/mark.tsx'
import { Canaries } from './canaries.ts'
import { buildFakeIdentity, FAKE_IDENTITIES } from './fake-identities.ts'
import { claudeCredentialsJson, codexAuthJson, fakeIdToken, signInAs } from './fake-tokens.ts'
import { filesBelow, type RunningProgram, startProgram } from './running-program.ts'
import { freePort } from './sign-in-journey.ts'
import { CARELESS_ANSWERS, serveTappedProvider, type TappedProvider } from './tapped-provider.ts'

const carelessly = Object.entries(CARELESS_ANSWERS)
const CARELESS_PEOPLE = carelessly.map((_, index) => buildFakeIdentity('claude', `careless-${index}`, 200 + index))
/** Tokens that look like nothing in particular. */
const PLAIN_TOKENS = ['Zq7mKp2xWv9Lt4', 'Hd3rVb8nYc5Js6']
const STATE_PLACES = ['GET /authorizations/', 'POST /authorizations', 'POST /consents', 'POST /api/oauth/authorize']

let directory: string
let canaries: Canaries
let provider: TappedProvider
let program: RunningProgram
let argumentsOfProcesses: ReturnType<typeof setInterval>

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-canary-'))
  canaries = new Canaries()
  // What the command `token` and its route are for.
  // An API key is shown once, by the answer to the form that makes it.
  const keep = (name: string, value: string) =>
    canaries.keepSecret(name, value, name === 'raw_key' ? ['POST /accounts/'] : [])
  provider = await serveTappedProvider(keep, { identities: [...FAKE_IDENTITIES, ...CARELESS_PEOPLE] })
  argumentsOfProcesses = setInterval(watchArguments, 50)
  program = await startProgram(
    directory,
    provider.origin,
    `${await freePort()},${await freePort()}`,
    (where, content) => canaries.saw(where, content),
  )
  canaries.keepSecret('API token', program.apiToken, [join(program.home, 'api-token')])
  canaries.keepSecret('link', program.linkSecret, ['standard output', join(program.home, 'sign-in.html')])
  canaries.keepSecret('session', program.sessionCookie)
  canaries.keepSecret('key', readFileSync(program.keyFile, 'utf8').trim().split('.').at(-1))
  const { proofKey } = JSON.parse(readFileSync(join(program.home, 'server.json'), 'utf8'))
  canaries.keepSecret('proof key', proofKey, [join(program.home, 'server.json')])
})

afterEach(async () => {
  clearInterval(argumentsOfProcesses)
  await program?.stop()
  await provider.close()
  rmSync(directory, { recursive: true, force: true })
})

/** The arguments of every process of the machine that can be seen, as any of its users sees them. */
function watchArguments(): void {
  if (!existsSync('/proc')) return
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (line.includes('main.ts') || line.includes('xdg-open')) canaries.saw('arguments', line)
    } catch {
      // It has ended.
    }
  }
}

test('no secret leaves its place', { timeout: 300_000 }, async () => {
  await Promise.all([program.listen('/events'), program.listen('/api/events')])
  await signInByCallback()
  await signInByPaste()
  await signInByDevice()
  await importLogins()
  await addTokens()
  await makeKey()
  await refreshEverything()
  await handOver()
  await addChannel()
  await beAnsweredCarelessly()
  await lookEverywhere()
  watchFiles('while it runs')
  await program.stop()
  watchFiles('after its end')
  canaries.saw('what the browser was opened with', readFileSync(join(directory, 'opened')))

  const { secrets, places } = canaries.counts
  expect(secrets).toBeGreaterThan(60)
  expect(places).toBeGreaterThan(200)
  expect(new Set(canaries.leaks())).toEqual(new Set())
})

const authorizationUrl = (html: string) => {
  const href = /href="([^"]+)"[^>]*data-authorization-link/.exec(html)?.[1]
  if (!href) throw new Error(`No link to the provider in: ${html.slice(0, 500)}`)
  const url = new URL(href.replaceAll('&amp;', '&'))
  canaries.keepSecret('state', url.searchParams.get('state'), STATE_PLACES)
  return url
}

async function begin(fields: Record<string, string>): Promise<{ path: string; html: string }> {
  const path = (await program.submit('/authorizations', fields)).headers.get('location')!
  return { path, html: (await program.open(path)).text }
}

async function signInByCallback(): Promise<void> {
  const { path, html } = await begin({ provider: 'codex', method: 'callback' })
  const { redirectedTo } = await provider.fake.consent(authorizationUrl(html), 'grace')
  canaries.keepSecret('code', redirectedTo!.searchParams.get('code'))
  const wrong = new URL(redirectedTo!)
  wrong.searchParams.set('state', 'FAKE-state-of-nobody')
  expect((await program.arrive(wrong)).text).toContain('html')
  expect((await program.arrive(redirectedTo!)).status).toBe(200)
  await program.arrive(redirectedTo!)
  expect((await program.open(path)).text).toContain('grace')
}

async function signInByPaste(): Promise<void> {
  await program.submit('/consents', { provider: 'claude', method: 'paste' })
  const { path, html } = await begin({ provider: 'claude', method: 'paste' })
  const { shown } = await provider.fake.consent(authorizationUrl(html), 'ada')
  const [code] = shown.split('#')
  canaries.keepSecret('code', code)
  await program.submit(`${path}/responses`, { response: `${code}#FAKE-state-of-nobody` })
  await program.submit(`${path}/responses`, { response: `see ${shown} there` })
  await program.submit(`${path}/responses`, { response: shown })
  expect((await program.open(path)).text).toContain('ada')

  // The provider repeats the code, the verifier and the state that it refuses.
  const again = await begin({ provider: 'claude', method: 'paste' })
  const refused = (await provider.fake.consent(authorizationUrl(again.html), 'brook')).shown
  const refusedCode = refused.split('#')[0]!
  provider.answerWith(refusedCode, CARELESS_ANSWERS['in a description']!)
  await program.submit(`${again.path}/responses`, { response: refused })
  expect(provider.answered).toContain(refusedCode)
  await program.open(again.path)
  await program.openPart(`${again.path}/status`)
}

async function signInByDevice(): Promise<void> {
  const { path, html } = await begin({ provider: 'codex', method: 'device' })
  const userCode = /[0-9A-F]{4}-[0-9A-F]{4}/.exec(html)![0]
  expect(await provider.fake.approveDevice(userCode, 'hopper')).toBe(true)
  for (let tries = 0; tries < 100; tries++) {
    const { text } = await program.open(path)
    if (text.includes('hopper')) return
    await Bun.sleep(100)
  }
  throw new Error('The device sign-in did not end.')
}

async function importLogins(): Promise<void> {
  const { fake } = provider
  const claude = signInAs(fake.grants, fake.person('carol'))
  const codex = signInAs(fake.grants, fake.person('grace-at-work'))
  for (const { pair } of [claude, codex]) {
    canaries.keepSecret('access token in a file', pair.accessToken, [program.userHome])
    canaries.keepSecret('refresh token in a file', pair.refreshToken, [program.userHome])
  }
  canaries.keepSecret('id token in a file', fakeIdToken(codex), [program.userHome])
  const put = (name: string, text: string) => {
    const path = join(program.userHome, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const linked = put('.claude/.credentials.json', claudeCredentialsJson(claude))
  const taken = put('.codex/auth.json', codexAuthJson(codex, Date.now()))
  // A file that ends in the middle of a token, and one whose token stands where a name should.
  const torn = put('torn/.credentials.json', claudeCredentialsJson(claude).slice(0, 60))
  for (const path of [torn, program.keyFile, join(program.home, 'api-token'), join(program.home, 'server.json')]) {
    await program.submit('/imports', { path, mode: 'link' })
    await program.call('POST', '/api/imports', { provider: 'claude', path, mode: 'take_over' })
  }
  await program.submit('/imports', { path: linked, mode: 'link' })
  expect(
    (await program.call('POST', '/api/imports', { provider: 'codex', path: taken, mode: 'take_over' })).status,
  ).toBe(201)
  expect(await program.command(['import'])).toBe(0)
}

/** By the command, the form and the API; good ones and refused ones. Those of careless people come with them. */
async function addTokens(): Promise<void> {
  const { fake } = provider
  const setup = 'sk-ant-oat01-FAKE-setup-0123456789abcdef'
  canaries.keepSecret('setup token', setup)
  expect(await program.command(['add', '--provider', 'claude', '--setup-token-stdin'], `${setup}\n`)).toBe(0)
  const refused = 'sk-ant-oat01-FAKE-refused-9876543210fedcba'
  canaries.keepSecret('refused token', refused)
  provider.answerWith(refused, CARELESS_ANSWERS['in a message']!)
  const pasted = { provider: 'claude', kind: 'access_token', access_token: refused }
  expect((await program.submit('/added-tokens', pasted)).status).toBe(422)
  await program.submit('/added-tokens', { ...pasted, access_token: `{"token": "${refused}"}` })
  await program.call('POST', '/api/accounts', { ...pasted, expires_at: refused })
  await program.call('POST', '/api/accounts', { ...pasted, kind: refused })
  await program.command(['add', '--provider', 'claude', '--access-token-stdin'], refused)

  for (const { name } of CARELESS_PEOPLE) {
    const { pair } = signInAs(fake.grants, fake.person(name))
    const tokens = { access_token: pair.accessToken, refresh_token: pair.refreshToken! }
    canaries.keepSecret('pasted access token', tokens.access_token)
    canaries.keepSecret('pasted refresh token', tokens.refresh_token)
    const added = await program.submit('/added-tokens', {
      provider: 'claude',
      kind: 'token_pair',
      label: name,
      ...tokens,
    })
    expect(added.status).toBe(303)
  }
  // Their access tokens are rejected when limits are read, and the refresh that this brings is answered so.
  PLAIN_TOKENS.forEach((token, index) => {
    const ways = ['in a description', 'in a success that is an error'] as const
    provider.answerWith(token, CARELESS_ANSWERS[ways[index]!]!)
  })
  for (const token of PLAIN_TOKENS) {
    canaries.keepSecret('plain token', token)
    const pair = { provider: 'codex', kind: 'token_pair', access_token: `${token}-access`, refresh_token: token }
    expect((await program.call('POST', '/api/accounts', pair)).status).toBe(201)
  }
}

/** Kept under seal, so that it lies in the database too. */
async function makeKey(): Promise<void> {
  const account = (await accounts()).find(({ email }) => email === 'ada@example.com')!
  const form = { name: 'build', keep: 'yes', confirm: 'yes' }
  const made = await program.submit(`/accounts/${account.id}/console-keys`, form)
  expect(made.status).toBe(200)
  expect(provider.fake.ledger.count('claude.api-key', 'made')).toBe(1)
}

/** An account into the CLI's file and back: what lay there is kept in a backup, and what the CLI keeps beside it as well. */
async function handOver(): Promise<void> {
  const path = join(program.userHome, '.claude', '.credentials.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  const trusted = 'FAKE-trusted-device-5566778899aabbcc'
  canaries.keepSecret('trusted device', trusted, [program.userHome])
  file.claudeAiOauth.trustedDeviceToken = trusted
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 })
  const account = (await accounts()).find(({ email }) => email === 'ada@example.com')!
  const activated = await program.call('POST', `/api/accounts/${account.id}/activation`, {})
  expect([activated.status, activated.text]).toEqual([200, expect.stringContaining('"backup_id":"bak_')])
  expect((await program.call('DELETE', `/api/accounts/${account.id}/activation`)).status).toBe(200)
}

/** Its address is a secret, and so is the key that signs; that is shown this once. */
async function addChannel(): Promise<void> {
  const target = 'https://hooks.example.invalid/FAKE-channel-0123456789abcdef'
  canaries.keepSecret('address of a channel', target.split('/').at(-1))
  const made = await program.call('POST', '/api/alert-channels', { kind: 'webhook', name: 'phone', target })
  expect(made.status).toBe(201)
  canaries.keepSecret('signing key', JSON.parse(made.text).signing_key, ['POST /api/alert-channels'])
  expect((await program.call('GET', '/api/alert-channels')).text).toContain('phone')
}

interface ListedAccount {
  id: string
  label: string | null
  email: string | null
}

async function accounts(): Promise<ListedAccount[]> {
  return JSON.parse((await program.call('GET', '/api/accounts')).text) as ListedAccount[]
}

/** Every account once, well or not, before anybody is careless. */
async function refreshEverything(): Promise<void> {
  const own = (await accounts()).filter(({ label }) => !label?.startsWith('careless'))
  expect(own.length).toBeGreaterThan(5)
  await Promise.all(own.map(({ id }) => program.submit(`/accounts/${id}/refreshes`, {})))
  expect(await program.command(['refresh', '--due'])).toBeGreaterThanOrEqual(0)
}

/** Each careless account is answered in its own way, by the program's page and then by its API. */
async function beAnsweredCarelessly(): Promise<void> {
  const { fake } = provider
  const careless = (await accounts()).filter(({ label }) => label?.startsWith('careless'))
  expect(careless).toHaveLength(carelessly.length)
  await Promise.all(
    careless.map(async ({ id, label }) => {
      const [, echo] = carelessly[Number(label!.split('-')[1])]!
      const family = fake.grants.families.find(({ identity }) => identity.name === label)!
      provider.answerWith(family.pairs.at(-1)!.refreshToken!, echo)
      await program.submit(`/accounts/${id}/refreshes`, {})
      await program.call('POST', `/api/accounts/${id}/refresh`)
    }),
  )
  const spent = provider.fake.grants.families.flatMap(({ pairs }) => pairs.map(({ refreshToken }) => refreshToken))
  expect(provider.answered.filter((secret) => spent.includes(secret)).length).toBeGreaterThanOrEqual(carelessly.length)
  for (const token of PLAIN_TOKENS) expect(provider.answered).toContain(token)
}

/** Every page, its part, the JSON and the commands. */
async function lookEverywhere(): Promise<void> {
  const listed = await accounts()
  const pages = [
    '/',
    '/?done=refreshed',
    '/alerts',
    '/activity',
    '/settings',
    '/keyboard',
    '/sign-in',
    '/imports/new',
    '/authorizations/new',
  ]
  pages.push('/added-tokens/new?provider=claude&kind=token_pair', '/nowhere')
  for (const { id } of listed) {
    pages.push(`/accounts/${id}`, `/accounts/${id}/removals/new`, `/authorizations/new?account=${id}`)
    for (const mark of MARKS) pages.push(`/accounts/${id}/explanations/${mark}`)
  }
  for (const page of pages) {
    await program.open(page)
    await program.openPart(page)
  }
  for (const { id } of listed) await program.openPart(`/accounts/${id}/row`)
  const api = ['/api/accounts', '/api/oauth/tokens', '/api/imports/candidates', '/api/openapi.json', '/healthz']
  for (const path of [...api, ...listed.map(({ id }) => `/api/accounts/${id}`)]) await program.call('GET', path)
  for (const command of [['accounts'], ['accounts', '--json'], ['status'], ['doctor'], ['token', 'nobody']]) {
    await program.command(command)
  }
  expect((await program.submit(`/accounts/${listed[0]!.id}/removals`, { revoke: 'yes' })).status).toBe(303)
}

/** Everything the program keeps on disk, and who else may read it. The person's own CLI files hold their tokens. */
function watchFiles(when: string): void {
  const roots = [program.home, join(directory, 'tmp')]
  const files = roots.flatMap(filesBelow)
  expect(files.some(({ path }) => path.endsWith('tokendeck.db'))).toBe(true)
  for (const { path, bytes } of files) canaries.saw(`${path} ${when}`, bytes)
  const open = files.filter(({ path }) => (statSync(path).mode & 0o077) !== 0 && !path.endsWith('config.toml'))
  expect(open.map(({ path }) => path)).toEqual([])
}
