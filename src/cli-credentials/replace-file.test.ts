import { readFileSync, writeFileSync } from 'node:fs'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { ADA, BEN, writableLogin } from '../testing/cli-file-shapes.ts'
import { fakeRandom } from '../testing/fake-random.ts'
import { confirmWritten } from './confirm-written.ts'
import type { CliName, CredentialPlace } from './credential-file.ts'
import { profilePlace } from './credential-places.ts'
import { loginOf } from './harvest-login.ts'
import { readPlaceFiles } from './place-files.ts'
import { planLogin } from './plan-login.ts'
import { replaceFile, type WriteMachine } from './replace-file.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'replace-'))
})
afterEach(() => rm(root, { recursive: true }))

/** Waits take a hundredth. */
const quick = { ...systemClock, sleep: (ms: number) => systemClock.sleep(ms / 100) }
const machine: WriteMachine = { clock: quick, random: fakeRandom(3), uid: process.getuid?.() ?? null }
const placeOf = (cli: CliName): CredentialPlace => profilePlace(cli, cli, root)
const pathOf = (cli: CliName) => placeOf(cli).path

/** Reads, plans and replaces the credential file, as a switch does; `meanwhile` comes between reading and writing. */
async function put(cli: CliName, login = writableLogin(cli, ADA), meanwhile: () => Promise<unknown> = async () => {}) {
  const plan = planLogin(await readPlaceFiles(placeOf(cli), machine), login)
  await meanwhile()
  return replaceFile(plan.files[0]!, machine)
}
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'written',
    ({ code, detail }) => `${code}: ${detail}`,
  )

test.each(['claude', 'codex'] as const)('a new file of %s: 0600, whole, nothing beside it', async (cli) => {
  const written = await put(cli)
  expect((await stat(pathOf(cli))).mode & 0o777).toBe(0o600)
  expect(await readFile(pathOf(cli), 'utf8')).toBe(written.text!.reveal())
  expect(await readdir(root)).toEqual([pathOf(cli).slice(root.length + 1)])
  expect(written).toMatchObject({ repaired: [], replaced: null })
  expect(await confirmWritten(written, machine)).toEqual({ state: 'kept' })
  await written.close()
})

// Every odd state of a file: what is done, and whether the file is as it was.
test.each<[string, CliName, () => Promise<unknown>, string]>([
  [
    'a symlink of Claude',
    'claude',
    () => symlink(join(root, 'other'), pathOf('claude')),
    'foreign: symlink → ROOT/other',
  ],
  ['a directory', 'claude', () => mkdir(pathOf('claude')), 'foreign: directory'],
  ['a directory', 'codex', () => mkdir(pathOf('codex')), 'foreign: directory'],
  ['a link to itself', 'codex', () => symlink(pathOf('codex'), pathOf('codex')), 'foreign: symlink_loop'],
  ['a read-only file', 'codex', () => writeFile(pathOf('codex'), '{}', { mode: 0o400 }), 'not_permitted: read_only'],
  ['a file that anybody can write', 'codex', () => anyMode('codex', 0o666), 'not_permitted: writable_by_others'],
  ['a file that others can read', 'claude', () => anyMode('claude', 0o644), 'repaired: mode'],
  ['a file of a group', 'codex', () => anyMode('codex', 0o660), 'repaired: mode'],
  ['a home that is not there', 'codex', () => rm(root, { recursive: true }), 'not_permitted: ENOENT'],
])('%s (%s)', async (_, cli, make, expected) => {
  await make()
  const before = await readFile(pathOf(cli), 'utf8').catch(() => null)
  const written = await put(cli).catch((error) => error)
  const found = written instanceof Error ? written.message.replace(root, 'ROOT') : `repaired: ${written.repaired}`
  expect(found.replace(/^(\w+): .* \((.*)\)$/, '$1: $2').replace(root, 'ROOT')).toBe(expected)
  if (written instanceof Error) expect(await readFile(pathOf(cli), 'utf8').catch(() => null)).toBe(before)
  else expect((await stat(pathOf(cli))).mode & 0o777).toBe(0o600)
  await mkdir(root, { recursive: true })
  expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

async function anyMode(cli: CliName, mode: number) {
  await writeFile(pathOf(cli), '{}')
  await chmod(pathOf(cli), mode)
}

test.runIf(process.getuid?.() === 0)("another person's file is left alone", async () => {
  await writeFile(pathOf('codex'), '{}', { mode: 0o600 })
  await chown(pathOf('codex'), 4711, 4711)
  expect(await refusalOf(put('codex'))).toBe('foreign: other_owner')
  await rm(pathOf('codex'))
  const late = async () => {
    await writeFile(pathOf('codex'), '{}')
    await chown(pathOf('codex'), 4711, 4711)
  }
  expect(await refusalOf(put('codex', undefined, late))).toBe('foreign: other_owner')
})

test("codex's symlink is followed: the link stays, its target is replaced, also one that is not there yet", async () => {
  await mkdir(join(root, 'real'))
  await symlink('real/auth.json', join(root, 'hop'))
  await symlink('hop', pathOf('codex'))
  const made = await put('codex')
  expect(made.target).toBe(join(root, 'real', 'auth.json'))
  await made.close()
  const written = await put('codex', writableLogin('codex', BEN))
  await written.close()
  expect(await readlink(pathOf('codex'))).toBe('hop')
  const lead = async () => {
    await writeFile(join(root, 'elsewhere'), '{}')
    await rm(join(root, 'hop'))
    await symlink('elsewhere', join(root, 'hop'))
  }
  expect(await refusalOf(put('codex', undefined, lead))).toBe('changed: link')
  expect(await readFile(join(root, 'elsewhere'), 'utf8')).toBe('{}')
  await rm(join(root, 'hop'))
  await symlink('real/auth.json', join(root, 'hop'))
  expect((await lstat(join(root, 'real', 'auth.json'))).isFile()).toBe(true)
  expect(loginOf(await readPlaceFiles(placeOf('codex'), machine))!.identity!.subject).toBe(BEN.subject)
})

test.each<[string, () => Promise<unknown>, string]>([
  ['is rewritten', () => writeFile(pathOf('codex'), '{"neighbour":2}'), 'changed: rewritten'],
  ['is rewritten with as many bytes', () => writeFile(pathOf('codex'), '{"neighbour":3}'), 'changed: rewritten'],
  ['is half written', () => truncate(pathOf('codex'), 5), 'changed: rewritten'],
  ['is replaced by an equal one', () => replaceByCopy(), 'changed: rewritten'],
  ['is removed', () => rm(pathOf('codex')), 'changed: gone'],
  ['becomes a link', () => becomeLink(), 'foreign: symlink'],
  ['becomes a directory', () => rm(pathOf('codex')).then(() => mkdir(pathOf('codex'))), 'foreign: directory'],
  ['becomes read-only', () => chmod(pathOf('codex'), 0o400), 'not_permitted: read_only'],
])('nothing is written when the file %s after it was read', async (_, change, expected) => {
  await writeFile(pathOf('codex'), '{"neighbour":1}', { mode: 0o600 })
  expect(await refusalOf(put('codex', undefined, change))).toBe(expected)
  expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

async function replaceByCopy() {
  await writeFile(join(root, 'copy'), '{"neighbour":1}')
  await rename(join(root, 'copy'), pathOf('codex'))
}
async function becomeLink() {
  await rename(pathOf('codex'), join(root, 'moved'))
  await symlink('moved', pathOf('codex'))
}

test('nothing is written over a file that appeared after we saw none', async () => {
  expect(await refusalOf(put('claude', undefined, () => writeFile(pathOf('claude'), '{"new":1}')))).toBe(
    'changed: appeared',
  )
  expect(await readFile(pathOf('claude'), 'utf8')).toBe('{"new":1}')
})

test('what changes between the last two looks is found as well', async () => {
  const plan = planLogin(await readPlaceFiles(placeOf('claude'), machine), writableLogin('claude', ADA))
  const random = {
    ...fakeRandom(),
    // Asked for the name of the new file: after the first look, before the last.
    bytes: (length: number) => {
      writeFileSync(pathOf('claude'), '{"new":1}')
      return new Uint8Array(length)
    },
  }
  expect(await refusalOf(replaceFile(plan.files[0]!, { ...machine, random }))).toBe('changed: appeared')
  expect(await readFile(pathOf('claude'), 'utf8')).toBe('{"new":1}')
})

test('what a killed program left behind goes with the next write, and nothing else does', async () => {
  const names = [
    '.auth.json.tokendeck-0123456789ab.tmp',
    '.auth.json.tokendeck-0123456789ac.tmp',
    '.auth.json.tokendeck-x.tmp',
  ]
  for (const name of names) await writeFile(join(root, name), 'rt_FAKE')
  await (await put('codex')).close()
  expect((await readdir(root)).sort()).toEqual([names[2], 'auth.json'])
})

test('a login that leaves takes its file along, and a hard link to it keeps nothing of the new one', async () => {
  await (await put('codex')).close()
  await link(pathOf('codex'), join(root, 'backup'))
  const plan = planLogin(await readPlaceFiles(placeOf('codex'), machine), null)
  const taken = await replaceFile(plan.files[0]!, machine)
  expect(taken).toMatchObject({ text: null, facts: null })
  expect(await readdir(root)).toEqual(['backup'])
  expect(await confirmWritten(taken, machine)).toEqual({ state: 'kept' })
  await writeFile(pathOf('codex'), '{}')
  expect(await confirmWritten(taken, machine)).toEqual({ state: 'overwritten' })
  await taken.close()
})

test('a program that had the old file open and writes there after us: what it wrote is handed over', async () => {
  await (await put('codex', writableLogin('codex', BEN))).close()
  const cli = await open(pathOf('codex'), 'r+')
  const written = await put('codex')
  const newest = await nextTextOf(BEN, 'rt_FAKE_newest')
  await cli.truncate(0)
  const confirming = confirmWritten(written, machine)
  await cli.write(newest.slice(0, 50), 0)
  await cli.write(newest.slice(50), 50)
  expect(await confirming).toMatchObject({ state: 'written_aside', text: expect.any(Secret) })
  await cli.truncate(7)
  expect(await confirmWritten(written, machine)).toEqual({ state: 'kept' })
  await cli.close()
  await written.close()
  expect(await confirmWritten(written, machine)).toEqual({ state: 'kept' })
  await writeFile(pathOf('codex'), '{}')
  expect(await confirmWritten(written, machine)).toEqual({ state: 'overwritten' })
  await rm(pathOf('codex'))
  expect(await confirmWritten(written, machine)).toEqual({ state: 'overwritten' })
})

async function nextTextOf(person: typeof ADA, refreshToken: string): Promise<string> {
  const login = writableLogin('codex', person, { refreshToken: new Secret(refreshToken) })
  const [planned] = planLogin({ place: placeOf('codex'), files: [{ ...EMPTY, path: pathOf('codex') }] }, login).files
  return planned!.after!.reveal()
}
const EMPTY = { role: 'credentials' as const, target: '', text: null, facts: null, isReadableByOthers: false }

test('whole files only: half ones are waited for, stray bytes and half ones that stay are refused, empty ones are empty', async () => {
  await writeFile(pathOf('codex'), '{"tokens":')
  const reading = readPlaceFiles(placeOf('codex'), machine)
  await writeFile(pathOf('codex'), '{"tokens":null}')
  expect((await reading).files[0]!.text!.reveal()).toBe('{"tokens":null}')
  await writeFile(pathOf('codex'), '{"tokens":')
  expect(await refusalOf(readPlaceFiles(placeOf('codex'), machine))).toBe('torn: not_whole')
  await writeFile(pathOf('codex'), Buffer.from([0x7b, 0xff, 0x7d]))
  expect(await refusalOf(readPlaceFiles(placeOf('codex'), machine))).toBe('torn: not_whole')
  await writeFile(pathOf('codex'), '')
  await (await put('codex')).close()
  await writeFile(pathOf('codex'), `\ufeff${readFileSync(pathOf('codex'), 'utf8')}`)
  expect(await refusalOf(put('codex', writableLogin('codex', BEN)))).toBe('unusual: byte_order_mark')
})
