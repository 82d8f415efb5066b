/** A label is kept whole or refused, whichever way it comes in. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { listPendingAuthorizations } from '../db/authorization-store.ts'
import { Secret } from '../lib/secret.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { FAKE_IDENTITIES } from '../testing/fake-identities.ts'
import { claudeCredentialsJson, signInAs } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { addToken } from './add-token.ts'
import { beginAuthorization } from './authorizations.ts'
import type { AccountsContext } from './context.ts'
import { MAX_LABEL_LENGTH, readLabel } from './label.ts'
import { linkAccount } from './link-account.ts'
import { listAccounts } from './list-accounts.ts'
import { takeOverAccount } from './take-over-account.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let context: AccountsContext
beforeEach(async () => {
  world = await createTestContext()
  const places = { home: world.directory, claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }
  const providers = world.context.providers.values()
  context = { ...world.context, credentialPlaces: credentialPlaces({ ...places, providers }) }
  const login = signInAs(world.fake.grants, FAKE_IDENTITIES.find(({ name }) => name === 'ada')!)
  await mkdir(join(world.directory, '.claude'))
  await writeFile(join(world.directory, '.claude', '.credentials.json'), claudeCredentialsJson(login), {
    mode: 0o600,
  })
})
afterEach(() => world.close())

const accessToken = new Secret('sk-ant-oat01-FAKE-SETUP')
const DOORS: Record<string, (label: string) => Promise<{ label: string | null }>> = {
  'a sign-in': (label) =>
    beginAuthorization(context, { provider: 'codex', method: 'paste', label, browser: null, actor: 'api' }),
  'a pasted token': (label) =>
    addToken(context, { provider: 'claude', kind: 'setup_token', accessToken, label, actor: 'browser' }),
  'a linked file': (label) => linkAccount(context, { provider: 'claude', label, actor: 'browser' }),
  'a file that is taken over': (label) => takeOverAccount(context, { provider: 'claude', label, actor: 'browser' }),
  'a change': async (label) => {
    const { accountId } = await connectPerson(world, 'grace')
    return updateAccount(context, accountId, { label }, 'browser')
  },
}

test.each(Object.keys(DOORS))('%s refuses a label that is too long, and keeps the longest whole', async (door) => {
  const longest = 'é'.repeat(MAX_LABEL_LENGTH)
  await expect(DOORS[door]!(`${longest}x`)).rejects.toMatchObject({ code: 'label_invalid' })
  const labels = (await listAccounts(context)).map(({ label }) => label)
  expect([labels.filter(Boolean), await listPendingAuthorizations(context.database, context.clock.now())]).toEqual([
    [],
    [],
  ])
  expect((await DOORS[door]!(` ${longest}\n`)).label).toBe(longest)
})

test.each(['x'.repeat(MAX_LABEL_LENGTH + 1), '😀'.repeat(MAX_LABEL_LENGTH + 1), 'a\0b'])('%j is refused', (text) => {
  expect(() => readLabel(text)).toThrow(expect.objectContaining({ code: 'label_invalid' }))
})

test.each([
  [null, null],
  [undefined, null],
  [' \u202e ', null],
  ['  Work\u202e  laptop ', 'Work laptop'],
  ['😀'.repeat(MAX_LABEL_LENGTH), '😀'.repeat(MAX_LABEL_LENGTH)],
])('%j is kept as %j', (text, kept) => {
  expect(readLabel(text)).toBe(kept)
})
