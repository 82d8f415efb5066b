/** Who uses what could be imported: as the system shows it, and on a system that shows nothing. */

import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { addFakeProcess } from '../testing/fake-processes.ts'
import { claudeCredentialsJson, claudeJson } from '../testing/fake-tokens.ts'
import { authProfile, opencodeEntry } from '../testing/tool-files.ts'
import type { AccountsContext } from './context.ts'
import { listCandidates } from './import-candidates.ts'

let machine: CliMachine
let context: AccountsContext
let root: string

beforeEach(async () => {
  machine = await createCliMachine()
  const home = machine.world.directory
  root = join(home, 'proc')
  context = {
    ...machine.context,
    toolRoots: { home, dataHome: null, openclawDirectory: null },
    system: { ...machine.context.system, processRoot: root },
  }
  const ada = machine.signIn('ada')
  await machine.put(machine.companionPath, claudeJson(ada.family))
  await machine.put(machine.claudePath, claudeCredentialsJson(ada))
  await putJson('.local/share/opencode/auth.json', { openai: opencodeEntry(machine.signIn('grace')) })
  await putJson('.openclaw/agents/main/agent/auth-profiles.json', {
    profiles: { own: authProfile(machine.signIn('grace')) },
  })
})
afterEach(() => machine.close())

const putJson = (path: string, value: unknown) =>
  machine.put(join(machine.world.directory, path), JSON.stringify(value))
const listed = async () => {
  const found = await machine.settled(listCandidates(context))
  return found.map(({ entry, advice, usedBy }) => [entry?.tool ?? 'cli', advice, usedBy])
}

test('where the system shows no processes, users are not known, and none is advised against', async () => {
  expect(await listed()).toEqual([
    ['cli', 'link', null],
    ['opencode', 'link_tool', null],
    ['openclaw', 'link_tool', null],
  ])
})

test('where it shows them, a file is in use by the program that keeps its login there, and by no other', async () => {
  await addFakeProcess(root, 7, 'sh', { HOME: machine.world.directory })
  await addFakeProcess(root, 8, 'claude', { HOME: '/elsewhere' })
  expect(await listed()).toEqual([
    ['cli', 'link', []],
    ['opencode', 'link_tool', []],
    ['openclaw', 'link_tool', []],
  ])
  for (const [index, program] of ['claude', 'opencode', 'openclaw'].entries())
    await addFakeProcess(root, 4242 + index, program, { HOME: machine.world.directory })
  expect(await listed()).toEqual([
    ['cli', 'link_in_use', ['claude (4242)']],
    ['opencode', 'link_tool_in_use', ['opencode (4243)']],
    ['openclaw', 'link_tool_in_use', ['openclaw (4244)']],
  ])
})
