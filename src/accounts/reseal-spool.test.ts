/** Answers that wait in a spool outlive the key that sealed them: on the machine that rotates, and on the others. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { noteMachine } from '../db/machine-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring } from '../testing/fake-keyring.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { openVault } from '../vault/open-vault.ts'
import { AnswerSpool } from './answer-spool.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace, grantPlace, sealTokens } from './grant-tokens.ts'
import { openMachine } from './machines.ts'
import { prepareAccounts } from './prepare-accounts.ts'
import { finishKeyRotations, rotateKey } from './rotate-key.ts'
import type { Answer } from './save-answer.ts'

let directory: string
let opened: OpenedDatabase
let made: TestContext

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-spool-'))
  opened = await openDatabase({ url: `file:${directory}/tokendeck.db` })
  made = await createTestContext()
})
afterEach(async () => {
  await made.close()
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A start of a machine that shares the database and has the key. */
async function start(name = 'laptop'): Promise<AccountsContext> {
  const keyFile = join(directory, 'config', 'key')
  const options = { database: opened.database, random: systemRandom, clock: made.clock, keySource: 'file' as const }
  const vault = await openVault({ ...options, keyFile, passphraseFile: null, keyring: absentKeyring })
  const shared = { database: opened.database, vault, keys: vault.keys, isSoleOwner: false, isDatabaseRemote: true }
  const machine = openMachine(join(directory, name), name, systemRandom)
  return { ...made.context, ...shared, machine, answerSpool: new AnswerSpool(join(directory, `${name}-spool`)) }
}

const secret = (name: string) => new Secret(`FAKE-${name}-${'x'.repeat(40)}`)

function spool({ vault, answerSpool }: AccountsContext): void {
  const attempt = { id: 'att_1', grantId: 'grt_1', accountId: 'acc_1', owner: 'p', leaseEpoch: 1, generation: 4 }
  const tokens = { accessToken: secret('access'), refreshToken: secret('refresh'), idToken: null }
  const answerSealed = vault.seal(answerPlace('acc_1', 4), secret('answer'))
  const answer: Answer = {
    attempt: { ...attempt, parentFingerprint: 'f' },
    sealed: { id: 'ans_1', answerSealed, receivedAt: 1 },
    next: sealTokens(vault, 'acc_1', 5, tokens),
    details: {},
    actor: 'scheduler',
  }
  answerSpool!.write(answer)
}

function readSpool({ vault, answerSpool }: AccountsContext): string[] {
  return answerSpool!
    .list()
    .answers.flatMap(({ answer: { sealed, next } }) => [
      vault.open(answerPlace('acc_1', 4), sealed.answerSealed).reveal(),
      vault.open(grantPlace('acc_1', 5, 'access_token_sealed'), next.accessTokenSealed!).reveal(),
      vault.open(grantPlace('acc_1', 5, 'refresh_token_sealed'), next.refreshTokenSealed!).reveal(),
    ])
}

const ALL = ['answer', 'access', 'refresh'].map((name) => secret(name).reveal())
const CHOICE = { keepMs: 0, othersAreStopped: true, actor: 'cli' } as const

test('what a process left that ended while it wrote goes with the key that sealed it, and nothing else does', async () => {
  const context = await start()
  const { keyId } = context.vault
  spool(context)
  const directoryOfSpool = join(directory, 'laptop-spool')
  const [name] = readdirSync(directoryOfSpool)
  const [old, foreign] = ['4242.new', '4243.new'].map((end) => join(directoryOfSpool, `${name}.${end}`))
  writeFileSync(old!, readFileSync(join(directoryOfSpool, name!)))
  writeFileSync(foreign!, '{"format":1,"answer":{"sealed":{"answerSealed":"v1.k_FFFFFFFF.')
  await rotateKey(context, CHOICE)
  expect(existsSync(old!)).toBe(true)
  await finishKeyRotations(await start(), { isStart: true })
  expect([existsSync(old!), existsSync(foreign!)]).toEqual([false, true])
  for (const file of readdirSync(directoryOfSpool))
    expect(readFileSync(join(directoryOfSpool, file), 'utf8')).not.toContain(keyId)
})

test('on the machine that rotates: readable when the old key is gone', async () => {
  const context = await start()
  const { keyId } = context.vault
  spool(context)
  await rotateKey(context, CHOICE)
  await finishKeyRotations(await start(), { isStart: true })
  const later = await start()
  expect(later.keys.former()).toEqual([])
  expect(readSpool(later)).toEqual(ALL)
  expect(JSON.stringify(later.answerSpool!.list())).not.toContain(`v1.${keyId}.`)
})

test('an answer that does not open keeps the key that sealed it', async () => {
  const context = await start()
  spool(context)
  const { answer } = context.answerSpool!.list().answers[0]!
  context.answerSpool!.write({
    ...answer,
    sealed: { ...answer.sealed, answerSealed: `v1.${context.vault.keyId}.AA.AA` },
  })
  await rotateKey(context, CHOICE)
  await finishKeyRotations(await start(), { isStart: true })
  expect((await start()).keys.former()).toHaveLength(1)
})

test('on another machine: its answers wait, and the old key with them, until that machine was here', async () => {
  const desktop = await start('desktop')
  await prepareAccounts(desktop)
  spool(desktop)
  await made.clock.advance(DAY_MS)
  await rotateKey(await start(), CHOICE)
  await finishKeyRotations(await start(), { isStart: true })
  expect((await start()).keys.former()).toHaveLength(1)

  await made.clock.advance(DAY_MS)
  await prepareAccounts(await start('desktop'))
  await finishKeyRotations(await start(), { isStart: true })
  const later = await start('desktop')
  expect(later.keys.former()).toEqual([])
  expect(readSpool(later)).toEqual(ALL)
})

test('a machine that was not here for months keeps no key alive', async () => {
  await noteMachine(opened.database, { id: 'mac_lost', name: 'lost' }, made.clock.now())
  await made.clock.advance(91 * DAY_MS)
  await rotateKey(await start(), CHOICE)
  await finishKeyRotations(await start(), { isStart: true })
  expect((await start()).keys.former()).toEqual([])
})
