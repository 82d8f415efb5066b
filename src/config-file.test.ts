/** What config.toml may say, table by table, and how a file that cannot be used is refused. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigFileRefusal, readConfigFile } from './config-file.ts'

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tokendeck-config-'))
  path = join(directory, 'config.toml')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test.each([
  ['[thresholds]\n', 'unknown key; known are providers, imports, alerts'],
  ['[imports]\nhomes = "/home/ada"', 'imports.homes: must be a list of absolute paths'],
  ['[imports]\nhomes = ["ada"]', 'imports.homes: must be a list of absolute paths'],
  ['alerts = 80', 'alerts: must be a table'],
  ['[alerts]\nusage_thresholds = [120]', 'alerts.usage_thresholds: must be a list'],
  ['[providers.codex]\nscopes = 1', 'providers.codex.scopes'],
  ['[', 'cannot be read as TOML'],
])('%j is refused in one line that names the file', async (text, words) => {
  await writeFile(path, text)
  expect(() => readConfigFile(path)).toThrow(ConfigFileRefusal)
  const { message } = refusalOf()
  expect(message).toContain(words)
  expect(message).toContain(path)
  expect(message).not.toContain('\n')
})

test('a file that cannot be read is refused by its code', async () => {
  await mkdir(path)
  expect(refusalOf().message).toBe(`${path} cannot be read (EISDIR).`)
})

test('no file and an empty one say nothing', async () => {
  const nothing = readConfigFile(path)
  expect([nothing.homes, nothing.alerts, nothing.providers.has('claude')]).toEqual([[], {}, true])
  await writeFile(path, ' \n')
  expect(readConfigFile(path)).toEqual(nothing)
})

test('every table is read by the room that it is about', async () => {
  const text =
    '\ufeff[providers.codex]\nname = "Work"\n[imports]\nhomes = ["/srv/ada"]\n[alerts]\nlogin_end_days = [5]\n'
  await writeFile(path, text)
  const { providers, homes, alerts } = readConfigFile(path)
  expect([providers.get('codex')?.name, homes, alerts]).toEqual(['Work', ['/srv/ada'], { loginEndDays: [5] }])
})

function refusalOf(): Error {
  try {
    readConfigFile(path)
  } catch (error) {
    return error as Error
  }
  throw new Error('It was read.')
}
