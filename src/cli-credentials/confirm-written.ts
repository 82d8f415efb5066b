/**
 * Looks again, some time after our write, whether it stayed, and whether a program that had the old file open wrote there
 * after us. What to do about it is for whoever asked.
 */

import { lstat } from 'node:fs/promises'
import type { Clock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { parseRecord } from './json-fields.ts'
import { factsOf, MAX_COMPANION_BYTES, readDescriptor } from './read-text.ts'
import type { WrittenFile } from './replace-file.ts'

/**
 * `kept`: the file is what we wrote. `overwritten`: somebody wrote since; read it again. `written_aside`: a program that
 * had the replaced file open wrote into that one after us; `text` is what it wrote, stands nowhere else, and holds the
 * newest login of the account that was there before: `loginOf` reads it. It is said also when the file was overwritten.
 */
export type Confirmation = { state: 'kept' | 'overwritten' } | { state: 'written_aside'; text: Secret }

/** A write in place takes milliseconds; this is long enough for one that stalls. */
const LOOK_AFTER_MS = 2_000
/** Waits between looks at a replaced file that is being written. Milliseconds. */
const WRITER_WAITS_MS = [100, 200, 300, 500]

/**
 * Waits two seconds and looks.
 *
 * Errors: none; total
 */
export async function confirmWritten(
  written: WrittenFile,
  { clock, signal }: { clock: Clock; signal?: AbortSignal },
): Promise<Confirmation> {
  await clock.sleep(LOOK_AFTER_MS, signal)
  const aside = await wroteAside(written, clock)
  if (aside) return { state: 'written_aside', text: aside }
  return { state: (await isKept(written)) ? 'kept' : 'overwritten' }
}

/** What was written into the replaced file since; null when nothing was, or nothing whole. */
async function wroteAside({ replaced }: WrittenFile, clock: Clock): Promise<Secret | null> {
  if (!replaced || replaced.descriptor.isClosed) return null
  for (const wait of [...WRITER_WAITS_MS, null]) {
    const text = readDescriptor(replaced.descriptor.number, MAX_COMPANION_BYTES)
    if (text !== null && replaced.text.equals(text)) return null
    if (text !== null && parseRecord(text) !== null) return new Secret(text)
    if (wait !== null) await clock.sleep(wait)
  }
  return null
}

async function isKept({ target, facts }: WrittenFile): Promise<boolean> {
  const found = await lstat(target, { bigint: true }).then(factsOf, () => null)
  if (found === null || facts === null) return found === facts
  return (
    found.inode === facts.inode &&
    found.device === facts.device &&
    found.size === facts.size &&
    found.modifiedNs === facts.modifiedNs
  )
}
