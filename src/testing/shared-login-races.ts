/**
 * A login of ours that a CLI holds a copy of, with both refreshing at the same time: we as the program does, the CLI under
 * its own locks, which are real directories. We must not spend a token that the CLI has spent, nor lose the newest one.
 */

import { mkdirSync, readFileSync, renameSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openTokens } from '../accounts/grant-tokens.ts'
import type { CredentialLocks } from '../accounts/outer-lock.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { lockPlace } from '../cli-credentials/place-lock.ts'
import { HOUR_MS } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { connectPerson, currentGrant } from './connected-account.ts'
import { settle } from './fake-clock.ts'
import { currentPair } from './fake-grants.ts'
import { fakeRandom } from './fake-random.ts'
import { claudeCredentialsJson } from './fake-tokens.ts'
import { createTestContext, type TestContext } from './test-context.ts'

/** What so many interleavings came to. The first three must be 0, the fourth false. */
export interface SharedLoginResult {
  /** Requests of ours with a token that the file no longer held. */
  spentReplaced: number
  /** Requests of ours with a token that the provider had taken already. */
  spentTwice: number
  lost: number
  /** The provider saw a token twice. */
  isEnded: boolean
  ours: number
  byCli: number
  adopted: number
  /** Refreshes that were put off because the CLI had its lock. */
  putOff: number
}

/** The locks of the CLIs, on a test's clock. */
export function realLocks({ clock, random }: TestContext['context']): CredentialLocks {
  return {
    take: (place, waitMs) => lockPlace(place, { clock, random, waitMs, scope: 'refresh', owner: 'tokendeck test' }),
  }
}

/** Each side must have come first so often for a run to mean something. */
const OFTEN_ENOUGH = 3
/** How quickly files are read and written decides who comes first: a run goes on for so many times its length until both did. */
const PATIENCE = 8

/**
 * Lets both sides refresh at the same time, at least so often. `isLocking` false: without our lock, to see that it matters.
 */
export async function shareLogin(interleavings: number, isLocking = true): Promise<SharedLoginResult> {
  const world = await createTestContext()
  const { context, clock } = world
  const place = profilePlace('claude', 'claude', join(world.directory, 'claude'))
  await mkdir(place.directory)
  const request = { credentialPath: place.path }
  const ada = await connectPerson(world, 'ada', { custody: 'dashboard', origin: 'take_over', request })
  const random = fakeRandom(6)
  if (isLocking) context.credentialLocks = realLocks({ ...context, random })
  const counts = { spentReplaced: 0, spentTwice: 0, lost: 0, isEnded: false, ours: 0, byCli: 0, adopted: 0, putOff: 0 }
  const inFile = (): string => JSON.parse(readFileSync(place.path, 'utf8')).claudeAiOauth.refreshToken
  const turns = () => settle(Math.floor(random.fraction() * 6))

  const { send } = context.transport
  context.transport = {
    async send(request) {
      if (request.url.endsWith('/token')) {
        counts.ours += 1
        const spent = request.body?.fields.refresh_token as Secret
        if (!spent.equals(inFile())) counts.spentReplaced += 1
        if (ada.family.consumed.has(spent.reveal())) counts.spentTwice += 1
        await turns()
      }
      const answer = await send(request)
      await turns()
      return answer
    },
  }

  async function refreshHere(): Promise<void> {
    await settle(Math.floor(random.fraction() * 40))
    const { reason } = await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    if (reason.code === 'adopted') counts.adopted += 1
    if (reason.code === 'cli_lock_busy') counts.putOff += 1
  }

  /** The CLI: sees an old token, takes its locks, looks again, refreshes, writes. */
  async function refreshThere(): Promise<void> {
    await settle(Math.floor(random.fraction() * 160))
    const before = inFile()
    const locks = [join(place.directory, '.oauth_refresh.lock'), `${place.directory}.lock`]
    for (const path of locks) while (!makeLock(path)) await settle(1)
    await turns()
    // Where we were first, this copy is behind, and its account is shown in conflict: a strict provider would end the login.
    if (inFile() === before && !ada.family.consumed.has(before)) {
      await clock.advance(1_000)
      const issue = world.fake.grants.refresh(before, ada.family.clientId)
      if (typeof issue === 'string') counts.spentTwice += 1
      else {
        counts.byCli += 1
        await turns()
        write(place.path, claudeCredentialsJson(issue))
        await turns()
      }
    }
    for (const path of locks.toReversed()) rmdirSync(path)
  }

  function makeLock(path: string): boolean {
    try {
      mkdirSync(path)
      utimesSync(path, clock.now() / 1_000, clock.now() / 1_000)
      return true
    } catch {
      return false
    }
  }
  function write(path: string, text: string): void {
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 })
    utimesSync(`${path}.tmp`, clock.now() / 1_000, clock.now() / 1_000)
    renameSync(`${path}.tmp`, path)
  }

  const isEnough = (turns: number) =>
    turns >= interleavings * PATIENCE ||
    (turns >= interleavings && Math.min(counts.ours, counts.byCli, counts.adopted) >= OFTEN_ENOUGH)
  for (let turn = 0; !isEnough(turn) && ada.family.revokedAt === null; turn++) {
    await clock.advance(HOUR_MS)
    // Each turn begins with a copy of the newest login.
    write(place.path, claudeCredentialsJson({ family: ada.family, pair: currentPair(ada.family) }))
    let isOver = false
    const both = Promise.all([refreshHere(), refreshThere()]).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await settle(2)
      if (!isOver && clock.pending() > 0) await clock.advance(50)
    }
    await both
    const held = openTokens(context.vault, await currentGrant(context, ada.accountId)).refreshToken!
    const newest = currentPair(ada.family).refreshToken!
    // Where the CLI came last, the next look at the file brings it home.
    if (!held.equals(newest) && inFile() !== newest) counts.lost += 1
  }
  counts.isEnded = ada.family.revokedAt !== null
  await world.close()
  return counts
}
