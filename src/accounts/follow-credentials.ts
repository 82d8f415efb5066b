/**
 * Follows the credential files of the CLIs: hears of changes, looks slowly by itself as a net, keeps what it saw, adopts
 * what a CLI rotated, and notices a finished sign-in in a profile. Refreshes nothing and writes no file.
 */

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { placeSignature } from '../cli-credentials/file-signature.ts'
import { FileWatch } from '../cli-credentials/file-watch.ts'
import { fileOfPlace } from '../cli-credentials/token-file.ts'
import { type AuthorizationRow, listPendingAuthorizations } from '../db/authorization-store.ts'
import {
  type AccountIdentity,
  type FollowedGrant,
  listAccountIdentities,
  listFollowedGrants,
} from '../db/credential-file-store.ts'
import type { AppEvent } from '../events/bus.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'
import { adoptReading } from './adopt-from-file.ts'
import { removeUnusedProfiles } from './cli-profile.ts'
import { connectProfile } from './connect-profile.ts'
import type { AccountsContext } from './context.ts'
import { claimedIdentity, isReadOnClick, placeOfPath, readPlace, withCli } from './file-login.ts'
import { thisMachineId } from './machines.ts'
import { COPY_CONFIRMED_MS, observeFile } from './observe-file.ts'
import { aliasesAmong, watchedPlaces } from './watched-places.ts'

export { type Adoption, adoptFromFile } from './adopt-from-file.ts'

/** How long after a change the files are looked at: a CLI writes more than one. */
const DEBOUNCE_MS = 150
/** How often they are looked at without being told. */
const POLL_MS = MINUTE_MS

/** Our own news after which the set of files, or what they mean, may be another. */
const CONCERNING: readonly AppEvent['type'][] = ['authorization.changed', 'account.connected', 'account.removed']

export interface CredentialFollower {
  start(): void
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
  /** Looks at every file once, now. Errors: StoreError */
  check(): Promise<void>
}

/** How soon a file is looked at again, though unchanged, when the provider could not say whose login it holds. */
const ASK_AGAIN_MS = 10 * MINUTE_MS

/** A look that need not be repeated while the file and what we know stay so. */
interface Look {
  text: string
  /** Epoch milliseconds. */
  until: number
}

/** A file that is looked at, and for whom. */
interface FollowedFile {
  place: CredentialPlace
  followers: FollowedGrant[]
  pending: AuthorizationRow | null
  /** Another path that is looked at leads to the same file. */
  isAlias: boolean
}

/** A follower of all credential files that matter to this context. */
export function createCredentialFollower(context: AccountsContext): CredentialFollower {
  const { clock, events, log } = context
  const seen = new Map<string, Look>()
  let isDirty = false
  let nap = new AbortController()
  let stopping: AbortController | null = null
  let loop = Promise.resolve()
  let checks = Promise.resolve()

  const wake = () => {
    isDirty = true
    nap.abort()
  }
  const watch = new FileWatch(wake)

  async function checkAll(): Promise<void> {
    const accounts = markOf(await listAccountIdentities(context.database))
    const files = await listFiles(context, await listPendingAuthorizations(context.database, clock.now()))
    if (stopping) await watch.follow(files.map(({ place }) => fileOfPlace(place)))
    for (const file of files) await checkFile(context, file, seen, knowledgeOf(file, accounts))
    for (const path of seen.keys()) if (!files.some(({ place }) => place.path === path)) seen.delete(path)
  }

  async function run(signal: AbortSignal): Promise<void> {
    await removeUnusedProfiles(context).catch(() => {})
    while (!signal.aborted) {
      isDirty = false
      await follower.check().catch((error) => {
        log.warn('credentials.check_failed', { error: errorName(error) })
      })
      if (!isDirty && !signal.aborted) {
        nap = new AbortController()
        await clock.sleep(POLL_MS, nap.signal)
      }
      if (isDirty && !signal.aborted) await clock.sleep(DEBOUNCE_MS, signal)
    }
  }

  let unsubscribe = () => {}
  const follower: CredentialFollower = {
    start() {
      if (stopping) return
      stopping = new AbortController()
      unsubscribe = events.subscribe((event) => {
        if (CONCERNING.includes(event.type)) wake()
      })
      loop = run(stopping.signal)
    },
    async stop() {
      stopping?.abort()
      unsubscribe()
      nap.abort()
      await loop
      await checks.catch(() => {})
      watch.stop()
      stopping = null
    },
    check() {
      const check = checks.then(checkAll)
      checks = check.catch(() => {})
      return check
    },
  }
  return follower
}

/** Every place that is watched, with the grants that lie there, and those in the profiles of sign-ins that wait. */
async function listFiles(context: AccountsContext, pending: AuthorizationRow[]): Promise<FollowedFile[]> {
  const files = new Map<string, FollowedFile>()
  const fileAt = (place: CredentialPlace) => {
    const file = files.get(place.path) ?? { place, followers: [], pending: null, isAlias: false }
    files.set(place.path, file)
    return file
  }
  for (const place of await watchedPlaces(context)) fileAt(place)
  const followed = await listFollowedGrants(context.database, { machineId: thisMachineId(context) })
  for (const one of followed) {
    const provider = withCli(context.providers.get(one.account.provider))
    if (provider) fileAt(placeOfPath(context, provider, one.grant.credentialPath)).followers.push(one)
  }
  for (const row of pending) {
    const provider = withCli(context.providers.get(row.provider))
    if (provider && row.profilePath) fileAt(profilePlace(provider.cli, provider.id, row.profilePath)).pending = row
  }
  const kept = new Set(
    followed.filter(({ grant }) => grant.isFollowed).map(({ grant }) => resolve(grant.credentialPath)),
  )
  for (const path of await aliasesAmong([...files.keys()], kept)) files.get(path)!.isAlias = true
  return [...files.values()]
}

/** Stands for all of them: what is remembered of each file must not grow with their number. */
function markOf(accounts: readonly AccountIdentity[]): string {
  return createHash('sha256').update(JSON.stringify(accounts)).digest('base64')
}

/** What decides, beside the file itself, about what is done with it. */
function knowledgeOf({ followers, pending, isAlias }: FollowedFile, accounts: string): string {
  const held = followers.map(({ grant }) => [grant.id, grant.generation])
  return JSON.stringify([held, pending?.id ?? null, isAlias, accounts])
}

async function checkFile(
  context: AccountsContext,
  { place, followers, pending, isAlias }: FollowedFile,
  seen: Map<string, Look>,
  knowledge: string,
): Promise<void> {
  const provider = withCli(context.providers.get(place.provider))
  if (!provider || isReadOnClick(place)) return
  const now = context.clock.now()
  const signature = await placeSignature(place, now)
  const text = signature === null ? null : `${signature} ${knowledge}`
  const before = seen.get(place.path)
  if (before && before.text === text && now < before.until) return
  seen.delete(place.path)
  const reading = await readPlace(context, place)
  let identity = reading.state === 'live' ? claimedIdentity(provider, reading) : null
  // A copy that stays is confirmed now and then, so that its record says when it was last seen.
  let until = reading.state === 'live' ? now + COPY_CONFIRMED_MS : Number.POSITIVE_INFINITY
  for (const followed of followers) {
    const result = await adoptReading(context, provider, followed, reading)
    identity = result.identity
    if (result.isWorthAnotherLook) until = Math.min(until, now + ASK_AGAIN_MS)
  }
  if (pending && reading.state === 'live') {
    const isOver = await connectProfile(context, pending, { provider, place, reading })
    if (!isOver) until = now
  }
  await observeFile(context, place, reading, identity, { isAlias })
  if (text !== null) seen.set(place.path, { text, until })
}
