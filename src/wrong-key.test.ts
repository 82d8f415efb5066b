/** A start with a key that is not the one, as a supervisor sees it: one line that names both, 78, nothing changed, every time. */

import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SRC = import.meta.dirname
let directory: string
let home: string
let keyFile: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-wrong-key-'))
  home = join(directory, 'mine', 'home')
  keyFile = join(directory, 'mine', 'config', 'key')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Runs a program of the source on an installation. */
async function run(script: string, args: string[], places = { home, keyFile }) {
  const child = Bun.spawn([process.execPath, '--no-env-file', join(SRC, script), ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'person'),
      TOKENDECK_HOME: places.home,
      TOKENDECK_KEY_FILE: places.keyFile,
      TOKENDECK_KEY_SOURCE: 'file',
      TOKENDECK_PORT: '0',
      TOKENDECK_NO_OPEN: '1',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { out, err, code: await child.exited }
}

const command = (...args: string[]) => run('command-line/main.ts', args)
const fill = (places?: { home: string; keyFile: string }) => run('testing/rotation-program.ts', ['fill', '2'], places)
const idIn = (path: string) => readFileSync(path, 'utf8').split('.')[1]!

/** Every file of the installation, by name and bytes. The lock beside the database never has any. */
function hashOfAll(): string {
  const hash = createHash('sha256')
  const root = join(directory, 'mine')
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('-lock')) continue
    hash.update(`${name}\0`)
    if (statSync(join(root, name)).isFile()) hash.update(readFileSync(join(root, name)))
  }
  return hash.digest('hex')
}

/** Starts as a supervisor does, again and again. */
async function expectRefusals(expected: string, found: string) {
  const before = hashOfAll()
  for (let start = 0; start < 3; start++) {
    const { out, err, code } = await run('main.ts', [])
    expect(code).toBe(78)
    expect(err).toContain(`Database key id: ${expected} (stored in: file, since `)
    expect(err).toContain(`Found: ${found} in file ${keyFile}. Nothing was changed.`)
    expect(err.trimEnd()).not.toContain('\n')
    expect(Buffer.byteLength(err + out)).toBeLessThan(1024)
    expect(hashOfAll()).toBe(before)
  }
}

test('the key from before a rotation, put back over the new one', async () => {
  await fill()
  const old = join(directory, 'old key')
  copyFileSync(keyFile, old)
  expect((await command('key', 'rotate')).code).toBe(0)
  const kept = join(directory, 'new key')
  copyFileSync(keyFile, kept)
  expect(idIn(kept)).not.toBe(idIn(old))

  copyFileSync(old, keyFile)
  await expectRefusals(idIn(kept), idIn(old))

  // With the right one back, everything is as it was.
  copyFileSync(kept, keyFile)
  expect(await command('accounts')).toMatchObject({ code: 0, err: '' })
}, 60_000)

test('the key of another installation', async () => {
  await fill()
  const own = idIn(keyFile)
  const other = { home: join(directory, 'other', 'home'), keyFile: join(directory, 'other', 'key') }
  await fill(other)
  copyFileSync(other.keyFile, keyFile)
  await expectRefusals(own, idIn(other.keyFile))
}, 60_000)
