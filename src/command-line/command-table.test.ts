/** What holds for every command of the table. */

import { expect, test } from 'vitest'
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
