/** What holds for every command of the table. */

import { expect, test } from 'vitest'
import { runCommand } from '../testing/run-command.ts'
import { COMMANDS } from './command-table.ts'

/** Commands that print nothing of their own for programs, and what they do instead. */
const WITHOUT_DATA: Record<string, string> = {
  serve: 'runs until it is stopped',
  exec: 'standard output is the program’s',
  completion: 'prints a script for a shell',
}

test.each(Object.keys(COMMANDS))('%s prints JSON where it prints data, and says so', async (name) => {
  const { options, usage } = (await COMMANDS[name]!.load()).command
  expect('json' in options).toBe(!(name in WITHOUT_DATA))
  if (!(name in WITHOUT_DATA)) expect(usage.join()).toContain('--json')
})

test.each(Object.keys(COMMANDS))('%s refuses words that it has no use for, before anything is done', async (name) => {
  const { command } = await COMMANDS[name]!.load()
  const end = await runCommand(command, ['one', 'two', 'three', 'four'], { answer: () => [] })
  expect(end).toMatchObject({ code: 2, out: '', calls: [] })
})

test.each([
  ['accounts', ['x']],
  ['usage', ['a', 'b']],
  ['undo', ['--list', 'x']],
])('%s %j is wrong usage', async (name, args) => {
  const { command } = await COMMANDS[name]!.load()
  expect(await runCommand(command, args, { answer: () => [] })).toMatchObject({ code: 2, calls: [] })
})

test('`activate none` says how to choose where both CLIs are signed in', async () => {
  const { command } = await COMMANDS.activate!.load()
  expect(command.about).toContain('--provider')
  const places = ['claude', 'codex'].map((provider) => ({ provider, holder: {}, kind: 'default' }))
  const end = await runCommand(command, ['none'], { answer: () => places })
  expect(end).toMatchObject({ code: 2, said: 'Say which: --provider claude or codex.\n' })
})
