/**
 * A login that the CLI refreshes too, with both at it at the same time and each under the CLI's own locks. Nothing may be
 * spent that the file has already replaced, and the newest login must be in the file at the end.
 */

import { mkdirSync, readFileSync, renameSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openTokens } from '../accounts/grant-tokens.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { readPlaceFiles } from '../cli-credentials/place-files.ts'
import { lockPlace } from '../cli-credentials/place-lock.ts'
import { planLogin } from '../cli-credentials/plan-login.ts'
import { replaceFile } from '../cli-credentials/replace-file.ts'
import { HOUR_MS } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { connectPerson, currentGrant } from './connected-account.ts'
import { settle } from './fake-clock.ts'
import { currentPair } from './fake-grants.ts'
import { fakeRandom } from './fake-random.ts'
import { claudeCredentialsJson, identityOf } from './fake-tokens.ts'
import { createTestContext } from './test-context.ts'

/** What so many interleavings came to. The first two must be 0, the third false. */
export interface SharedLoginResult {
  spentReplaced: number
  lost: number
  /** The provider saw a token twice. */
  isEnded: boolean
  ours: number
  byCli: number
  adopted: number
}

/** Lets both sides refresh at the same time, so often. `isLocking` false: without our lock, to see that it matters. */
export async function shareLogin(interleavings: number, isLocking = true): Promise<SharedLoginResult> {
  const world = await createTestContext()
  const { context, clock } = world
  const place = profilePlace('claude', 'claude', join(world.directory, 'claude'))
  await mkdir(place.directory)
  const ada = await connectPerson(world, 'ada', {
    custody: 'dashboard',
    origin: 'take_over',
    request: { credentialPath: place.path },
  })
  const random = fakeRandom(6)
  const machine = { clock, random, uid: process.getuid?.() ?? null }
  const counts = { spentReplaced: 0, lost: 0, isEnded: false, ours: 0, byCli: 0, adopted: 0 }
  const inFile = (): string => JSON.parse(readFileSync(place.path, 'utf8')).claudeAiOauth.refreshToken
  const turns = () => settle(Math.floor(random.fraction() * 6))

  const { send } = context.transport
  context.transport = {
    async send(request) {
      if (request.url.endsWith('/token')) {
        counts.ours += 1
        const spent = request.body?.fields.refresh_token as Secret
        if (!spent.equals(inFile())) counts.spentReplaced += 1
        await turns()
      }
      const answer = await send(request)
      await turns()
      return answer
    },
  }

  /** Our side: the lock, then the file, then the provider, then the file. */
  async function refreshHere(): Promise<void> {
    await turns()
    const lock = isLocking ? await lockPlace(place, { clock, random, waitMs: 60_000, owner: 'tokendeck test' }) : null
    try {
      const { reason } = await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
      if (reason.code === 'adopted') counts.adopted += 1
      const grant = await currentGrant(context, ada.accountId)
      const login = {
        ...openTokens(context.vault, grant),
        identity: identityOf(ada.family.identity),
        idToken: null,
        scopes: grant.scopes,
        accessTokenExpiresAt: grant.accessTokenExpiresAt,
        loginExpiresAt: grant.loginExpiresAt,
        clientId: null,
        issuedAt: grant.accessTokenIssuedAt,
        members: null,
      }
      for (const file of planLogin(await readPlaceFiles(place, machine), login).files) {
        await (await replaceFile(file, machine)).close()
      }
    } finally {
      await lock?.release()
    }
  }

  /** The CLI: sees an old token, takes its locks, looks again, refreshes, writes. */
  async function refreshThere(): Promise<void> {
    await settle(Math.floor(random.fraction() * 60))
    const before = inFile()
    const locks = [join(place.directory, '.oauth_refresh.lock'), `${place.directory}.lock`]
    for (const path of locks) while (!makeLock(path)) await settle(1)
    await turns()
    if (inFile() === before) {
      // Nobody gets two tokens of one provider in the same millisecond.
      await clock.advance(1_000)
      const issue = world.fake.grants.refresh(before, ada.family.clientId)
      if (typeof issue === 'string') throw new Error(issue)
      counts.byCli += 1
      await turns()
      write(place.path, claudeCredentialsJson(issue))
      await turns()
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

  write(place.path, claudeCredentialsJson({ family: ada.family, pair: currentPair(ada.family) }))
  for (let turn = 0; turn < interleavings; turn++) {
    await clock.advance(HOUR_MS)
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
    if (inFile() !== newest || !(held.equals(newest) || ada.family.consumed.has(held.reveal()))) counts.lost += 1
  }
  counts.isEnded = ada.family.revokedAt !== null
  await world.close()
  return counts
}
