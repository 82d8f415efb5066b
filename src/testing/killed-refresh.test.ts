/**
 * A refresh whose process is killed, at ten points of its way: after the next start the login is kept, or its loss is told
 * once and for what it is. Only an answer that was never stored can be lost, and only where the provider gives it once.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openTokens } from '../accounts/grant-tokens.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { recoverAttempts } from '../accounts/recover-attempts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { openContext } from '../compose.ts'
import { readConfig } from '../config.ts'
import { type Clock, SECOND_MS, systemClock } from '../lib/clock.ts'
import { connectPerson, currentGrant } from './connected-account.ts'
import type { Fault } from './fake-faults.ts'
import { currentPair } from './fake-grants.ts'
import { createFakeProvider } from './fake-provider.ts'
import { fakeProviderConfigToml } from './fake-provider-config.ts'
import { letGoOfDatabases } from './let-go-of-databases.ts'
import { recordingLog } from './recording-log.ts'

const PROGRAM = join(import.meta.dirname, 'refresh-program.ts')
/** Several installations live at once, so what is left of each goes at the end. */
const leftovers: (() => unknown)[] = []

afterAll(async () => {
  for (const remove of leftovers.reverse()) await remove()
})

/** An installation with one account of a strict or a lenient provider. */
async function install(reuse: 'strict' | number) {
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-killed-'))
  leftovers.push(() => rmSync(directory, { recursive: true, force: true }))
  const fake = createFakeProvider({ reuse })
  const served = await fake.serve()
  leftovers.push(() => served.close())
  const home = join(directory, 'home')
  mkdirSync(home, { mode: 0o700 })
  writeFileSync(join(home, 'config.toml'), fakeProviderConfigToml(served.origin))
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    TOKENDECK_HOME: home,
    TOKENDECK_KEY_SOURCE: 'file',
    TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
  }
  const open = () => {
    const pages = { styleSheet: '', render: () => '' }
    const surroundings = { platform: process.platform, userHome: directory }
    const options = { log: recordingLog(), pages, dashboardUrl: () => '', waitMs: SECOND_MS }
    return openContext(readConfig(environment, surroundings), options)
  }
  return { fake, environment, open }
}

type Kill =
  /** By itself, before or after a call of its database: 1 reads, 2 takes the lease, 3 commits the answer. */
  | ['before' | 'after', call: number]
  /** From outside, while the provider holds the request, or the answer. */
  | ['at provider', Fault]
  /** From outside, when it has said that it is done. */
  | ['said']

const held = (after: boolean): Fault => ({ kind: 'delay', ms: 5 * SECOND_MS, after })

test.concurrent.each<[name: string, kill: Kill, reuse: 'strict' | number, fate: 'kept' | 'told', requests: number]>([
  ['before it looks', ['before', 1], 'strict', 'kept', 1],
  ['before it takes the lease', ['before', 2], 'strict', 'kept', 1],
  ['after it took the lease', ['after', 2], 'strict', 'kept', 1],
  ['while the provider has not begun', ['at provider', held(false)], 'strict', 'kept', 2],
  ['while the answer is on its way', ['at provider', held(true)], 'strict', 'told', 2],
  ['while the answer is on its way, from a lenient provider', ['at provider', held(true)], 60_000, 'kept', 2],
  ['with the answer in its hands', ['before', 3], 'strict', 'told', 2],
  ['with the answer of a lenient provider in its hands', ['before', 3], 60_000, 'kept', 2],
  ['after the answer was stored', ['after', 3], 'strict', 'kept', 1],
  ['after it was done', ['said'], 'strict', 'kept', 1],
])(
  'killed %s',
  async (_, kill, reuse, fate, requests) => {
    const { fake, environment, open } = await install(reuse)
    const first = await open()
    const { accountId, family } = await connectPerson({ context: first.context, fake })
    await first.close()
    await letGoOfDatabases()

    if (kill[0] === 'at provider') fake.faults.add({ endpoint: 'claude.refresh', fault: kill[1] })
    const orders = kill[0] === 'before' || kill[0] === 'after' ? kill.map(String) : []
    const child = Bun.spawn([process.execPath, '--no-env-file', PROGRAM, accountId, ...orders], {
      env: environment,
      stdout: 'pipe',
      stderr: 'inherit',
    })
    leftovers.push(() => child.kill('SIGKILL'))
    if (kill[0] === 'at provider') {
      const isDone = () =>
        kill[1].kind === 'delay' && (kill[1].after ? family.pairs.length > 1 : fake.ledger.entries[0])
      while (!isDone()) await systemClock.sleep(5)
      child.kill('SIGKILL')
    }
    if (kill[0] === 'said') {
      for await (const said of child.stdout) {
        expect(new TextDecoder().decode(said)).toContain('"refreshed"')
        child.kill('SIGKILL')
        break
      }
    }
    await child.exited
    expect([child.exitCode, child.signalCode]).toEqual([null, 'SIGKILL'])
    if (kill[0] === 'at provider') fake.faults.clear()

    const second = await open()
    // The one retry comes after one to three seconds.
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + 4 * SECOND_MS }
    await recoverAttempts(second.context)
    const context = { ...second.context, clock }
    const grant = await currentGrant(context, accountId)
    const isDoubted = grant.uncertainAt !== null
    const purpose = isDoubted ? 'retry_after_unknown' : grant.generation === 1 ? 'requested' : 'scheduled'
    const outcome = await refreshGrant(context, accountId, { purpose, actor: 'scheduler' })
    const { login } = await getAccount(context, accountId)
    const isKept = openTokens(context.vault, await currentGrant(context, accountId)).refreshToken!.equals(
      currentPair(family).refreshToken!,
    )
    if (fate === 'kept') {
      expect([login.status, isKept, family.revokedAt]).toEqual(['valid', true, null])
    } else {
      expect([login.status, login.reason.code]).toEqual(['sign_in_again', 'login_outcome_lost'])
      expect(outcome.outcome).toBe('reauthorization_required')
    }
    expect(fake.ledger.count('claude.refresh')).toBe(requests)
    await second.close()
  },
  60_000,
)
