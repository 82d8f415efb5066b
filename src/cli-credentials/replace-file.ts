/**
 * Replaces a file of a CLI so that it is the old one or the new one at every instant, and never another program's newer one.
 */

import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import type { FileFacts, FileMachine } from './place-files.ts'
import type { PlannedFile } from './plan-login.ts'

/** What was done. Keep it until `confirmWritten` said that nothing was lost, then `close` it. */
export interface WrittenFile {
  path: string
  target: string
  /** As it stands now; null when it was taken away. */
  text: Secret | null
  facts: FileFacts | null
  /** What was mended on the way. */
  repaired: 'mode'[]
  /** Lets go of the file that was replaced. */
  close(): Promise<void>
}

export interface WriteMachine extends FileMachine {
  random: Random
}

/**
 * Puts `planned.after` in the place of the file that was read, if it still is that one.
 *
 * Errors: CredentialError `changed` (nothing was written), `foreign`, `not_permitted`
 */
export async function replaceFile(
  planned: Pick<PlannedFile, 'path' | 'target' | 'before' | 'after' | 'expected'>,
  machine: WriteMachine,
): Promise<WrittenFile> {
  throw new Error(`${planned.path} ${machine.uid}`)
}

/**
 * `kept`: the file is what we wrote. `overwritten`: somebody wrote since; read it again. `written_aside`: a program that had
 * the replaced file open wrote into that one after us; `text` is what it wrote, and stands nowhere else.
 */
export type Confirmation = { state: 'kept' | 'overwritten' } | { state: 'written_aside'; text: Secret }

/** Looks about two seconds after our write whether it stayed, and whether anything was written into the replaced file. */
export async function confirmWritten(
  written: WrittenFile,
  { clock }: { clock: Clock; signal?: AbortSignal },
): Promise<Confirmation> {
  throw new Error(`${written.path} ${clock.now()}`)
}
