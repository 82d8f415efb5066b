/** The short way to a token gives and writes what the long way does, and steps aside, with nothing written, for anything else. */

import { Database } from 'bun:sqlite'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAuditTrail } from './accounts/audit-trail.ts'
import { connectAccount } from './accounts/connect-account.ts'
import type { AccountsContext } from './accounts/context.ts'
import { findAccountId } from './accounts/find-account.ts'
import { issueToken } from './accounts/issue-token.ts'
import { prepareAccounts } from './accounts/prepare-accounts.ts'
import { openContext } from './compose.ts'
import { type Config, readConfig } from './config.ts'
import { listStoredEvents } from './db/audit-store.ts'
import { rememberAsLeft } from './db/database-file.ts'
import { takeDatabaseLock } from './db/database-lock.ts'
import { DAY_MS, HOUR_MS, systemClock } from './lib/clock.ts'
import { silentLog } from './lib/log.ts'
import { Secret } from './lib/secret.ts'
import { localToken } from './local-token.ts'
import { buildIdentity, buildTokenSet } from './testing/builders.ts'

const LIFE_MS = 2 * DAY_MS
const TOKEN = 'sk-ant-oat01-FAKE-0001'
let directory: string
let home: string
let path: string
let config: Config

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-at-hand-'))
  home = join(directory, 'home')
  path = join(home, 'tokendeck.db')
  const environment = {
    TOKENDECK_HOME: home,
    TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
    TOKENDECK_KEY_SOURCE: 'file',
  }
  config = readConfig(environment, { platform: process.platform, userHome: join(directory, 'user') })
  await inContext(async (context) => {
    for (const [index, label] of ['ada', 'twin', 'twin'].entries()) {
      await connectAccount(context, {
        provider: context.providers.get('claude')!,
        tokens: buildTokenSet({
          accessToken: new Secret(`sk-ant-oat01-FAKE-000${index + 1}`),
          refreshToken: new Secret(`sk-ant-ort01-FAKE-000${index + 1}`),
          accessTokenExpiresAt: systemClock.now() + LIFE_MS,
        }),
        identity: buildIdentity({
          subject: `11111111-1111-4111-8111-00000000000${index}`,
          email: `person-${index}@example.com`,
        }),
        custody: 'dashboard',
        origin: 'paste',
        label,
        actor: 'browser',
      })
    }
  })
  // Written before the database was closed, however coarse the clock of the file system is.
  utimesSync(`${path}-closed`, new Date(), new Date(systemClock.now() + 1_000))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function inContext<T>(use: (context: AccountsContext) => Promise<T>): Promise<T> {
  const pages = { styleSheet: '', render: () => '' }
  const { context, close } = await openContext(config, { log: silentLog, pages, dashboardUrl: () => '', waitMs: 0 })
  try {
    await prepareAccounts(context)
    return await use(context)
  } finally {
    await close()
  }
}

/** Changes the database behind the program's back, as if a process of ours had left it so. */
function leave(statement: string): void {
  const database = new Database(path)
  database.run(statement)
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close(true)
  rememberAsLeft(path)
}

/** What tells of every byte of the database, and of whether it is there; an empty log of writes is like none. */
function bytesOfDatabase(): unknown[] {
  const files = [path, `${path}-wal`].map((name) => (existsSync(name) ? readFileSync(name) : Buffer.of()))
  return [existsSync(path), ...files.map((bytes) => Bun.hash(bytes).toString())]
}

test('both ways give the same token, and the history tells the same of both', async () => {
  const byHand = await localToken(config, 'ada', null)
  expect(byHand?.accessToken.reveal()).toBe(TOKEN)
  await inContext(async (context) => {
    const id = await findAccountId(context, 'ada')
    const issued = await issueToken(context, id, { actor: 'cli' })
    expect({ ...byHand, accessToken: byHand!.accessToken.reveal() }).toEqual({
      ...issued,
      accessToken: issued.accessToken.reveal(),
    })
    const events = await listStoredEvents(context.database, 0, 1_000)
    const told = events.filter(({ kind }) => kind === 'token.issued')
    const [first, second] = told.map(({ accountId, kind, actor, details }) => ({ accountId, kind, actor, details }))
    expect(told).toHaveLength(2)
    expect(first).toEqual(second)
    expect(await verifyAuditTrail(context)).toMatchObject({ isWhole: true, events: events.length })
  })
})

test('what it wrote is a link of the chain already, and the next one finds the database as it was left', async () => {
  for (let count = 0; count < 3; count++) expect(await localToken(config, 'ada', null)).not.toBeNull()
  const database = new Database(path)
  expect(database.query('select count(*) from audit_events where mac is null').values()).toEqual([[0]])
  database.close(true)
  await inContext(async (context) => expect(await verifyAuditTrail(context)).toMatchObject({ isWhole: true }))
})

test.each([
  ['its id', async () => inContext((context) => findAccountId(context, 'ada'))],
  ['its e-mail, in any case', async () => 'PERSON-0@example.com'],
  ['its label, with blanks around', async () => ' ada '],
])('an account is meant by %s', async (_, name) => {
  expect((await localToken(config, await name(), null))?.accessToken.reveal()).toBe(TOKEN)
})

describe('the long way is left to decide, with nothing written, about', () => {
  test.each<[string, () => unknown]>([
    ['a database that was never made', () => rmSync(path)],
    ['a database that was not closed in order', () => rmSync(`${path}-closed`)],
    ['a log of writes that was not brought in', () => writeFileSync(`${path}-wal`, 'FAKE')],
    ['tables of another version', () => leave('update __drizzle_migrations set created_at = created_at + 1')],
    ['tables of a former version', () => leave('delete from __drizzle_migrations where created_at > 0')],
    ['a refresh that nobody ended', () => leave(OPEN_ATTEMPT)],
    ['an answer that was not applied', () => leave(OPEN_ANSWER)],
    ['an event that is not in the chain', () => leave('update audit_events set mac = null where id = 1')],
    ['a chain without a head', () => leave("delete from meta where name = 'audit_head'")],
    ['a head that does not open', () => leave("update meta set value = 'v1.x' where name = 'audit_head'")],
    ['a database that does not name its key', () => leave("delete from meta where name = 'key'")],
    ['a damaged name of the key', () => leave("update meta set value = '{}' where name = 'key'")],
    ['a key that has former ones', () => inContext((context) => context.keys.addKey({ keepUntil: null }))],
    ['a key that is gone', () => rmSync(config.keyFile)],
    ['a token that was changed', () => leave("update grants set access_token_sealed = access_token_sealed || 'A'")],
    ['a token that was given up', () => leave("update grants set access_token_sealed = ''")],
    ['a database without a name', () => leave("delete from meta where name = 'database_id'")],
    ['a database that was never seen here', () => rmSync(join(home, 'high-water.json'))],
    ['an older copy', () => leave('delete from audit_events where id = (select max(id) from audit_events)')],
    ['a login under suspicion', () => leave('update grants set suspect_at = 1')],
    ['a login whose outcome is not known', () => leave('update grants set uncertain_at = 1')],
    ['a login that was refused', () => leave('update grants set refused_at = 1')],
    ['a login at which somebody is at work', () => leave("update grants set lease_owner = 'FAKE', lease_until = 1")],
    ['a token that is due', () => leave('update grants set access_token_expires_at = access_token_issued_at')],
    ['an answer in the spool', () => waiting(join(home, 'spool', 'acc_1.ans_1.json'))],
    ['a home that others may read', () => chmodSync(home, 0o755)],
    ['a config.toml that was changed since', () => changedSince(config.configFile)],
    ['a config.toml that waits', () => writeFileSync(`${config.configFile}.restoring`, '')],
  ])('%s', async (_, change) => {
    await change()
    const before = bytesOfDatabase()
    expect(await localToken(config, 'ada', null)).toBeNull()
    expect(bytesOfDatabase()).toEqual(before)
  })

  test.each([
    ['a name that nobody has', 'nobody', null],
    ['a name that two have', 'twin', null],
    ['an id that is not there', 'acc_00000000000000000000', null],
    ['a token that ends too soon', 'ada', LIFE_MS / 1_000 + 1],
  ])('%s', async (_, reference, validity) => {
    const before = bytesOfDatabase()
    expect(await localToken(config, reference, validity)).toBeNull()
    expect(bytesOfDatabase()).toEqual(before)
  })

  test('a database in another process’s hands', async () => {
    const release = takeDatabaseLock(path)!
    expect(await localToken(config, 'ada', null)).toBeNull()
    release()
    expect(await localToken(config, 'ada', null)).not.toBeNull()
  })

  test('a database elsewhere', async () => {
    expect(await localToken({ ...config, databaseUrl: 'https://db.example.com' }, 'ada', null)).toBeNull()
  })
})

test.each([
  ['a change that is of no account', () => leave('update accounts set paused_at = 1')],
  ['a config.toml that was read since', () => utimesSync(`${path}-closed`, new Date(), inAnHour(config.configFile))],
])('%s closes no way', async (_, change) => {
  change()
  expect(await localToken(config, 'ada', null)).not.toBeNull()
})

test('a validity that the token has is given, to the second', async () => {
  expect(await localToken(config, 'ada', LIFE_MS / 1_000 - 60)).not.toBeNull()
})

const OPEN_ATTEMPT = `insert into attempts (id, grant_id, generation, parent_fingerprint, owner, lease_epoch, purpose, outcome, started_at)
  select 'att_1', id, generation, 'FAKE', 'FAKE', 1, 'due', 'intent', 1 from grants limit 1`
const OPEN_ANSWER = `insert into inbox (id, account_id, grant_id, generation, parent_fingerprint, answer_sealed, received_at)
  select 'ans_1', account_id, id, generation, 'FAKE', 'FAKE', 1 from grants limit 1`

/** A config.toml that is older than the end of the last process. */
function inAnHour(configFile: string): Date {
  writeFileSync(configFile, '')
  return new Date(systemClock.now() + HOUR_MS)
}

function waiting(file: string): void {
  mkdirSync(join(home, 'spool'), { recursive: true })
  writeFileSync(file, '{}')
}

/** A config.toml that nobody has read yet. */
function changedSince(configFile: string): void {
  writeFileSync(configFile, '')
  utimesSync(`${path}-closed`, new Date(0), new Date(0))
}
