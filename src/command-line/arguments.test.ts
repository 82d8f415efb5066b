import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

const SHAPES = {
  json: { type: 'boolean' },
  label: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
} as const

test.each([
  ['an unknown option', ['--frobnicate'], 'There is no option --frobnicate.'],
  ['an unknown letter', ['-x'], 'There is no option -x.'],
  ['letters in one', ['-yy'], 'There is no option -yy.'],
  ['a name of every object', ['--constructor'], 'There is no option --constructor.'],
  ['a token for an option', ['--sk-ant-oat01-FAKE-1'], 'There is no option of that name.'],
  ['a flag with a value', ['--json=yes'], '--json takes no value.'],
  ['no value at the end', ['--label'], '--label needs a value.'],
  ['an option for a value', ['--label', '--json'], '--label needs a value.'],
])('%s is refused', (_, args, words) => {
  expect(() => readArguments(args, SHAPES)).toThrow(words)
  expect(() => readArguments(args, SHAPES)).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test.each([
  [['ada', '--json'], ['ada'], { json: true }],
  [['--label', 'at work', 'ada'], ['ada'], { label: 'at work' }],
  [['--label=-a=b', '-y'], [], { label: '-a=b', yes: true }],
  [['--label=', '-'], ['-'], { label: '' }],
  [['--json', '--', '--label', '-y'], ['--label', '-y'], { json: true }],
  [['--label', 'one', '--label', 'two'], [], { label: 'two' }],
])('%j', (args, positionals, options) => {
  const { separatorAt: _, ...read } = readArguments(args, SHAPES)
  expect(read).toEqual({ positionals, options })
})

test('where the dashes stood is known', () => {
  expect(readArguments(['ada', '--', 'claude', '--json'], SHAPES)).toMatchObject({
    positionals: ['ada', 'claude', '--json'],
    separatorAt: 1,
  })
  expect(readArguments(['--', 'claude'], SHAPES).separatorAt).toBe(0)
  expect(readArguments(['ada'], SHAPES).separatorAt).toBeUndefined()
})
