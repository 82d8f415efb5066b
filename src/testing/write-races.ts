/**
 * Races between a switch and a CLI that renews its login and writes its file in place. The CLI's newest token must be
 * somewhere where the switch sees it, and no file may be left that nobody can read.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { confirmWritten } from '../cli-credentials/confirm-written.ts'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { planLogin } from '../cli-credentials/plan-login.ts'
import { replaceFile, type WrittenFile } from '../cli-credentials/replace-file.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type Random, systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { ADA, BEN, writableLogin } from './cli-file-shapes.ts'

/** What so many races came to. The first two must be 0; the others say how close the races were. */
export interface RaceResult {
  lostTokens: number
  unreadableFiles: number
  /** The file changed between reading and replacing, and was read again. */
  startedAgain: number
  /** The CLI wrote into the file that we had replaced. */
  wroteAside: number
  /** The CLI wrote over ours. */
  overwrote: number
}

const WRITER = resolve(import.meta.dirname, 'truncating-writer.ts')
const LONGEST_PAUSE_MS = 6

/** Runs races one after the other in a directory of their own. */
export async function raceWithWriter(directory: string, races: number): Promise<RaceResult> {
  mkdirSync(directory, { recursive: true })
  const place = profilePlace('codex', 'codex', directory)
  putWhole(place.path, textOf(0))
  const writer = Bun.spawn([process.execPath, WRITER, place.path], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  const answers = writer.stdout.getReader()
  const result: RaceResult = { lostTokens: 0, unreadableFiles: 0, startedAgain: 0, wroteAside: 0, overwrote: 0 }
  for (let race = 1; race <= races; race++) {
    putWhole(place.path, textOf(race - 1))
    writer.stdin.write(
      `${JSON.stringify({ text: textOf(race), cut: systemRandom.fraction(), pausesMs: [pause(), pause(), pause()] })}\n`,
    )
    writer.stdin.flush()
    await systemClock.sleep(pause())
    const { harvested, written } = await switchAccount(place, result)
    await answers.read()
    const confirmation = await confirmWritten(written, { clock: hurried(1_000) })
    await written.close()
    if (confirmation.state === 'written_aside') result.wroteAside += 1
    if (confirmation.state === 'overwritten') result.overwrote += 1
    const aside = confirmation.state === 'written_aside' ? confirmation.text.reveal() : ''
    const file = readFileSync(place.path, 'utf8')
    const newest = `"rt_FAKE_${race}"`
    if (!isWhole(file)) result.unreadableFiles += 1
    if (![harvested, aside, file].some((text) => text.includes(newest))) result.lostTokens += 1
  }
  writer.kill()
  await writer.exited
  return result
}

/** As a switch does it: read, keep what is newest, plan, replace; and again when the CLI was quicker. */
async function switchAccount(
  place: PlaceFiles['place'],
  result: RaceResult,
): Promise<{ harvested: string; written: WrittenFile }> {
  const machine = { clock: hurried(4), random: systemRandom as Random, uid: process.getuid?.() ?? null }
  for (;;) {
    try {
      const files = await readPlaceFiles(place, machine)
      const harvested = loginOf(files)
      const [planned] = planLogin(files, writableLogin('codex', BEN)).files
      const written = await replaceFile(planned!, machine)
      return { harvested: `"${harvested?.refreshToken?.reveal()}"`, written }
    } catch (error) {
      if (!(error instanceof CredentialError && (error.code === 'changed' || error.code === 'torn'))) throw error
      result.startedAgain += 1
    }
  }
}

function textOf(generation: number): string {
  const login = writableLogin('codex', ADA, { refreshToken: new Secret(`rt_FAKE_${generation}`) })
  const place = profilePlace('codex', 'codex', '/any')
  const empty = {
    role: 'credentials' as const,
    path: '',
    target: '',
    text: null,
    facts: null,
    isReadableByOthers: false,
  }
  return planLogin({ place, files: [empty] }, login).files[0]!.after!.reveal()
}

function putWhole(path: string, text: string): void {
  writeFileSync(join(path, '..', 'whole'), text, { mode: 0o600 })
  renameSync(join(path, '..', 'whole'), path)
}

function isWhole(text: string): boolean {
  try {
    return 'tokens' in JSON.parse(text)
  } catch {
    return false
  }
}

function pause(): number {
  return systemRandom.fraction() * LONGEST_PAUSE_MS
}

/** Waits so many times shorter than the machine's. */
function hurried(times: number): Clock {
  return { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / times, signal) }
}
