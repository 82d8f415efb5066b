/**
 * Kills a program that rotates keys, again and again, and reads everything after each kill. Its numbers are for tests and
 * for the torture run.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../lib/random.ts'
import { SEALED_CANARY } from './sealed-rows.ts'

export interface KilledRotations {
  kills: number
  /** Rotations that ended, of all programs. */
  rotations: number
  /** Rotations that a kill had cut off in the middle of the rows, and a later program finished. */
  resumed: number
  /** Envelopes that were there at every look; and the fewest of them that opened. */
  envelopes: number
  fewestReadable: number
  /** Envelopes at the end that name an old key. */
  oldAtEnd: number
  formerAtEnd: number
  /** Files that hold what they must not: a secret, an envelope of a key that is no more, or that key itself. */
  leftovers: string[]
}

/** Answers that wait in the spool of the machine all the while, with three envelopes each. */
export const SPOOLED = 6

const PROGRAM = join(import.meta.dirname, 'rotation-program.ts')

/**
 * Runs it in an empty directory. A kill comes within the time of three rotations on this machine, counted from when the
 * program has read everything.
 */
export async function runKilledRotations({
  directory,
  kills,
  accounts,
  random,
}: {
  directory: string
  kills: number
  accounts: number
  random: Random
}): Promise<KilledRotations> {
  const result: KilledRotations = {
    ...{ kills: 0, rotations: 0, resumed: 0, envelopes: 0, fewestReadable: Number.POSITIVE_INFINITY },
    ...{ oldAtEnd: 0, formerAtEnd: 0, leftovers: [] },
  }
  const keysSeen = new Set<string>()
  let rotationMs = 0
  const hear = (line: string) => {
    const [kind, ...words] = line.split(' ')
    if (kind === 'read') {
      const { envelopes, readable } = JSON.parse(words.join(' '))
      // The first looks are before everything is there.
      if (result.kills === 0) Object.assign(result, { envelopes, fewestReadable: readable })
      // An envelope that is gone is as bad as one that does not open.
      result.fewestReadable = Math.min(result.fewestReadable, readable, envelopes)
    }
    if (kind === 'rotated') {
      result.rotations++
      if (words[2] === 'true') result.resumed++
      keysSeen.add(words[0]!).add(words[1]!)
    }
    if (kind === 'took') rotationMs = Number(words[0])
    if (kind !== 'end') return
    const { key, former, old } = JSON.parse(words.join(' '))
    Object.assign(result, { oldAtEnd: old, formerAtEnd: former })
    keysSeen.delete(key)
  }
  await runProgram(directory, ['fill', String(accounts)], hear, null)
  await runProgram(directory, ['spool', String(SPOOLED)], hear, null)
  await runProgram(directory, ['once'], hear, null)
  while (result.kills < kills) {
    const delayMs = (Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32) * 3 * rotationMs
    await runProgram(directory, ['rotate'], hear, delayMs)
    result.kills++
  }
  await runProgram(directory, ['check'], hear, null)
  result.leftovers = ['home', 'config'].flatMap((name) => leftoversIn(join(directory, name), keysSeen))
  return result
}

/** Runs the program to its end, or until it has read everything and a while has passed. */
async function runProgram(
  directory: string,
  args: string[],
  hear: (line: string) => void,
  killAfterMs: number | null,
): Promise<void> {
  const child = Bun.spawn([process.execPath, '--no-env-file', PROGRAM, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'user'),
      TOKENDECK_HOME: join(directory, 'home'),
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
      TOKENDECK_KEY_SOURCE: 'file',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const decoder = new TextDecoder()
  let text = ''
  let isTimed = false
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    lines.forEach(hear)
    if (killAfterMs === null || isTimed || lines.length === 0) continue
    isTimed = true
    setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  }
  const code = await child.exited
  const isKilled = child.signalCode === 'SIGKILL'
  if (killAfterMs === null ? code === 0 : isKilled) return
  throw new Error(`The rotating program ended by itself (${code}): ${await new Response(child.stderr).text()}`)
}

function leftoversIn(directory: string, goneKeys: ReadonlySet<string>): string[] {
  const found: string[] = []
  for (const name of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue
    const path = join(name.parentPath, name.name)
    const bytes = readFileSync(path)
    if (bytes.includes(SEALED_CANARY)) found.push(`${path}: a secret`)
    for (const key of goneKeys)
      if (bytes.includes(`v1.${key}.`) || name.name.includes(key)) found.push(`${path}: ${key}`)
  }
  return found
}
