/**
 * Kills a program that restores an export, again and again, and looks after each kill whether the old state or the restored
 * one is there, whole: rows, key and config.toml. Its numbers are for tests and for long runs.
 */

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../lib/random.ts'

export interface KilledRestores {
  kills: number
  /** What was there after a kill and a start. */
  old: number
  restored: number
  /** What was there was neither, with what was seen. */
  neither: string[]
}

const ROOT = join(import.meta.dirname, '..', '..')
const PASSPHRASE = 'FAKE correct horse battery'
const OLD = { accounts: 2, config: '# old\n' }
const NEW = { accounts: 5, config: '# new\n' }
/** The last part of a restore is over in a moment; half of the kills fall there. */
const LAST_MS = 60

/** Makes two machines in an empty directory, and restores the one over a copy of the other, killed each time. */
export async function runKilledRestores({
  directory,
  kills,
  random,
}: {
  directory: string
  kills: number
  random: Random
}): Promise<KilledRestores> {
  const file = join(directory, 'export')
  await makeMachine(directory, 'source', NEW)
  await run(directory, 'source', ['src/command-line/main.ts', 'export', file])
  await makeMachine(directory, 'template', OLD)
  const result: KilledRestores = { kills: 0, old: 0, restored: 0, neither: [] }
  const restore = ['src/command-line/main.ts', 'restore', file, '--source-is-gone']
  const fraction = () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32
  const once = async (killAfterMs: number | null) => {
    rmSync(join(directory, 'target'), { recursive: true, force: true })
    cpSync(join(directory, 'template'), join(directory, 'target'), { recursive: true })
    const began = performance.now()
    await run(directory, 'target', restore, killAfterMs)
    return performance.now() - began
  }
  const wholeMs = await once(null)
  if ((await look(directory)) !== 'restored') throw new Error('A restore that nobody kills does not restore.')
  while (result.kills < kills) {
    const isLate = result.kills % 2 === 0
    await once(isLate ? wholeMs - LAST_MS * 2 * fraction() : wholeMs * fraction())
    result.kills++
    const seen = await look(directory)
    if (seen === 'old' || seen === 'restored') result[seen]++
    else result.neither.push(seen)
  }
  return result
}

async function makeMachine(directory: string, name: string, { accounts, config }: typeof OLD): Promise<void> {
  await run(directory, name, ['src/testing/rotation-program.ts', 'fill', String(accounts)])
  writeFileSync(join(directory, name, 'home', 'config.toml'), config, { mode: 0o600 })
}

/** Starts it and reads everything. */
async function look(directory: string): Promise<string> {
  const { out, err } = await run(directory, 'target', ['src/testing/rotation-program.ts', 'look'])
  const read = /^read (.*)$/m.exec(out)
  if (!read) return `no start: ${err}`
  const { envelopes, readable } = JSON.parse(read[1]!)
  const path = join(directory, 'target', 'home', 'config.toml')
  const config = existsSync(path) ? readFileSync(path, 'utf8') : ''
  // Sign-ins that were under way are not restored, nor what lies in the CLIs of the other machine.
  const isOld = envelopes === OLD.accounts * 13 + 1 && config === OLD.config
  const isNew = envelopes === NEW.accounts * 7 + 1 && config === NEW.config
  if (readable === envelopes && isOld) return 'old'
  if (readable === envelopes && isNew) return 'restored'
  return `${readable} of ${envelopes} open, ${config.trim()}`
}

async function run(
  directory: string,
  name: string,
  args: string[],
  killAfterMs: number | null = null,
): Promise<{ out: string; err: string }> {
  const child = Bun.spawn([process.execPath, '--no-env-file', ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'user'),
      TOKENDECK_HOME: join(directory, name, 'home'),
      TOKENDECK_KEY_FILE: join(directory, name, 'config', 'key'),
      TOKENDECK_KEY_SOURCE: 'file',
    },
    stdin: new Blob([`${PASSPHRASE}\n`]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), Math.max(1, killAfterMs))
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  await child.exited
  if (timer) clearTimeout(timer)
  return { out, err }
}
