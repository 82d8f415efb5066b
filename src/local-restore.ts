/**
 * Restores an export: checks all of it, decides who may use the logins from now on, makes a database of it beside the
 * present one, copies the present one away, and only then changes places. Cut off anywhere, there is one whole database.
 */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { raiseMark } from './accounts/high-water-mark.ts'
import type { Config } from './config.ts'
import { DatabaseRefusal, openDatabase } from './db/client.ts'
import { copyDatabase } from './db/database-copy.ts'
import { filePathOf, makeDirectory } from './db/database-file.ts'
import { takeDatabaseLock } from './db/database-lock.ts'
import { suspectGrants } from './db/grant-store.ts'
import { writeMeta } from './db/meta-store.ts'
import { type RestoredLogins, settleRestored } from './db/transfer-store.ts'
import { highWaterMarkOf } from './home-places.ts'
import { fileStamp, HOUR_MS, MINUTE_MS, systemClock } from './lib/clock.ts'
import { moveDurably, syncPath } from './lib/durable-file.ts'
import { readPrivateFile } from './lib/private-file.ts'
import { systemRandom } from './lib/random.ts'
import type { Secret } from './lib/secret.ts'
import { TransferRefusal } from './local-export.ts'
import { quietFetch, tidyProcess } from './process-hygiene.ts'
import { prepareConfig, putWaitingConfig } from './restored-config.ts'
import { type ExportFacts, ExportRefusal, openExport, readExport } from './vault/export-file.ts'
import { keyringWorks, systemKeyring } from './vault/key-keyring.ts'
import { keepKey } from './vault/key-places.ts'
import { isPinnedKey, PINNED_KEY_NAME, type PinnedKey, readPinnedKey } from './vault/pinned-key.ts'
import type { KeySource } from './vault/vault.ts'

/** What the person decided about an export of another machine; null: nothing yet. */
export type RestoreChoice = 'move' | 'sign_in_again' | 'source_is_gone' | null

/** The first refresh that nobody asked for, and the hours over which the others are spread. */
const SUSPECTS = { fromMs: 15 * MINUTE_MS, windowMs: 6 * HOUR_MS }

export interface Restored {
  facts: ExportFacts
  logins: RestoredLogins
  /** Logins that may have been used since the export was made; they are tried with care. */
  suspects: number
  /** Where the database that was here lies now; null when there was none. */
  backup: string | null
  /** Where config.toml and a key that lay here were set aside to. */
  setAside: string[]
  keyPlace: string
}

/**
 * Restores an export over what is here.
 *
 * Errors: ExportRefusal, TransferRefusal, DatabaseRefusal, KeyRefusal, StoreError, with nothing changed; whatever
 * `passphrase` throws
 */
export async function restoreFrom(
  config: Config,
  { file, choice, passphrase }: { file: string; choice: RestoreChoice; passphrase: () => Promise<Secret> },
): Promise<Restored> {
  tidyProcess()
  const path = filePathOf(config.databaseUrl)
  if (path === null)
    throw new TransferRefusal('The database is not a file of this machine, so it cannot be restored from here.')
  const read = readExport(readWhole(file))
  const { facts } = read
  const plan = planOf(facts, choice, machineIdOf(config.home))
  const parts = openExport(read, await passphrase())
  const draft = `${path}.restoring`
  removeDatabase(draft)
  makeDirectory(path)
  try {
    writeFileSync(draft, parts.database, { mode: 0o600 })
    const { database, close } = await openDatabase({ url: urlOf(draft) })
    try {
      const pinned = await readPinnedKey(database)
      if (!pinned || !isPinnedKey(parts.key, pinned))
        throw new ExportRefusal('export_damaged', 'The key in this export is not the one of its database.')
      const now = systemClock.now()
      const stamp = fileStamp(now)
      const details = { from: facts.machine.id, made: new Date(facts.madeAt).toISOString() }
      const event = { at: now, accountId: null, kind: plan.kind, actor: 'cli', details }
      const here = machineIdOf(config.home)
      await settleRestored(database, { logins: plan.logins, source: facts.machine.id, here, event })
      const seed = Math.floor(systemRandom.fraction() * SUSPECTS.windowMs)
      const suspects = plan.areSuspect ? await suspectGrants(database, { now, ...SUSPECTS, seed }) : 0
      const backup = await copyAway(config, path, stamp)
      const release = takeDatabaseLock(path)
      if (!release) throw new DatabaseRefusal('busy', path)
      let restored: Restored
      try {
        const source = await keySourceOf(config, plan.isSame ? pinned.source : null)
        const kept = await keepKey({ ...config, random: systemRandom, clock: systemClock }, source, parts.key)
        try {
          const former = pinned.former.map((key) => ({ ...key, source }))
          const next: PinnedKey = { ...pinned, source, wrapped: kept.wrapped, former }
          await writeMeta(database, PINNED_KEY_NAME, JSON.stringify(next))
          await prepareConfig(database, config.configFile, parts.config)
          await close()
          changePlaces(draft, path)
        } catch (error) {
          kept.undo()
          throw error
        }
        const setAside = kept.setAside === null ? [] : [kept.setAside]
        const keyPlace = source === 'file' ? config.keyFile : source
        restored = { facts, logins: plan.logins, suspects, backup, setAside, keyPlace }
      } finally {
        release()
      }
      // The database decides from here on: what follows is done by the next start too, or costs one careful try.
      const configAside = await settle(config, path, stamp)
      return configAside === null ? restored : { ...restored, setAside: [...restored.setAside, configAside] }
    } finally {
      await close()
    }
  } finally {
    removeDatabase(draft)
  }
}

interface Plan {
  isSame: boolean
  logins: RestoredLogins
  areSuspect: boolean
  /** For the history. */
  kind: string
}

/** Two machines with one login end it: whoever restores elsewhere says which of them goes on. Errors: TransferRefusal */
function planOf({ machine, isMove, madeAt }: ExportFacts, choice: RestoreChoice, here: string | null): Plan {
  const isSame = machine.id === here
  if (choice === 'sign_in_again') return { isSame, logins: 'none', areSuspect: false, kind: 'restore.without_logins' }
  if (isSame) return { isSame, logins: 'same', areSuspect: true, kind: 'restore.same' }
  if (choice === 'source_is_gone') return { isSame, logins: 'moved', areSuspect: true, kind: 'restore.moved' }
  if (choice === 'move' && isMove) return { isSame, logins: 'moved', areSuspect: false, kind: 'restore.moved' }
  const from = `This export was made on another machine (${machine.name}, ${new Date(madeAt).toISOString().slice(0, 10)}).`
  const signInAgain = '`--sign-in-again` restores accounts and history without their logins'
  if (choice === 'move')
    throw new TransferRefusal(
      `${from} It was made without \`--move\`, so the logins may still be used there: two machines with one login end it. Nothing was changed. Make a new export there with \`tokendeck export FILE --move\`. Or: ${signInAgain}. Only if that Tokendeck never runs again: \`--source-is-gone\`.`,
    )
  throw new TransferRefusal(
    `${from} A login can only live on one machine. Nothing was changed. Say which it shall be: \`--move\` takes the logins over${isMove ? ' (that machine gave them up when the export was made)' : ', for an export that was made with `tokendeck export FILE --move`'}; ${signInAgain}.`,
    2,
  )
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new TransferRefusal(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Nothing was changed.`)
  }
}

/** Without making one: until everything is checked nothing is written. */
function machineIdOf(home: string): string | null {
  return readPrivateFile(join(home, 'machine'), 'machine file')?.reveal() ?? null
}

/** Copies the present database away: in order where it opens, and as it lies there where it does not. */
async function copyAway({ home, databaseAuthToken }: Config, path: string, stamp: string): Promise<string | null> {
  if (!existsSync(path)) return null
  const directory = join(home, 'backups')
  try {
    const url = urlOf(path)
    const { database, close } = await openDatabase({ url, authToken: databaseAuthToken, fetch: quietFetch })
    try {
      return await copyDatabase(database, directory, `before-restore-${stamp}`)
    } finally {
      await close()
    }
  } catch (error) {
    if (!(error instanceof DatabaseRefusal) || error.code === 'busy') throw error
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const copy = join(directory, `tokendeck-before-restore-${stamp}.db`)
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
    syncPath(directory)
    return copy
  }
}

async function keySourceOf({ keySource }: Config, former: KeySource | null): Promise<KeySource> {
  if (keySource !== 'auto') return keySource
  if (former) return former
  return (await keyringWorks(systemKeyring, systemRandom, systemClock)) ? 'keyring' : 'file'
}

/** The old log would be read as the new file's. */
function changePlaces(draft: string, path: string): void {
  syncPath(draft)
  for (const suffix of ['-wal', '-shm', '-closed', '-journal']) rmSync(path + suffix, { force: true })
  moveDurably(draft, path)
}

/**
 * Puts config.toml in its place, as a start does for a restore that was cut off here; and says that this database, in this
 * file, is the one that is meant: it is no older copy of itself that came by another way.
 */
async function settle(config: Config, path: string, stamp: string): Promise<string | null> {
  const { database, close } = await openDatabase({ url: urlOf(path) })
  try {
    await raiseMark({ database, random: systemRandom, highWaterMark: highWaterMarkOf(config) }).catch(() => {})
    return (await putWaitingConfig(database, config.configFile, stamp)) ?? null
  } finally {
    await close()
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-closed', '-lock', '-journal']) rmSync(path + suffix, { force: true })
}

function urlOf(path: string): string {
  return Bun.pathToFileURL(path).href
}
