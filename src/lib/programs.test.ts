/** Runs programs that misbehave: too long, too loud, not there, asking for input. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { scriptedPrograms } from '../testing/fake-programs.ts'
import { type Programs, systemPrograms } from './programs.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-programs-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const run = async (programs: Programs, name: string, options = {}) =>
  programs.run((await programs.find(name))!, ['a b', '$HOME'], {
    ...{ env: programs.environment, cwd: directory, timeoutMs: 30_000 },
    ...options,
  })

test('a program that is not there, a directory and a relative PATH entry are not found', async () => {
  const programs = systemPrograms({ PATH: `relative:${directory}` }, new FakeClock())
  mkdirSync(join(directory, 'tool'))
  expect(await programs.find('tool')).toBeNull()
  expect(await systemPrograms({}, new FakeClock()).find('tool')).toBeNull()
  symlinkSync('/nowhere', join(directory, 'dangling'))
  expect(await programs.find('dangling')).toBeNull()
  expect((await programs.run(join(directory, 'gone'), [], { env: {}, cwd: directory, timeoutMs: 1000 })).end).toBe(
    'not_started',
  )
})

test('arguments arrive as they are, and nothing secret of our environment is passed on', async () => {
  const programs = await scriptedPrograms(
    directory,
    { tool: 'console.log(JSON.stringify([process.argv.slice(2), Object.keys(process.env)])); process.exitCode = 3' },
    { ANTHROPIC_API_KEY: 'sk-ant-fake', LANG: 'C', HTTPS_PROXY: 'http://127.0.0.1:1', EMPTY: '' },
  )
  const { end, exitCode, stdout } = await run(programs, 'tool')
  const [args, names] = JSON.parse(stdout)
  expect({ end, exitCode, args }).toEqual({ end: 'exited', exitCode: 3, args: ['a b', '$HOME'] })
  expect(names).toEqual(expect.arrayContaining(['PATH', 'HOME', 'LANG', 'HTTPS_PROXY']))
  expect(names).not.toContain('ANTHROPIC_API_KEY')
  expect(programs.variables.has('ANTHROPIC_API_KEY')).toBe(true)
  expect(programs.variables.has('EMPTY')).toBe(false)
})

test('standard input is closed unless there is something to say', async () => {
  const programs = await scriptedPrograms(directory, {
    tool: `let text = ''; for await (const piece of process.stdin) { text += piece; if (text.includes('\\n')) break }
      console.log('heard ' + text.trim()); setTimeout(() => {}, text ? 60000 : 0)`,
  })
  expect((await run(programs, 'tool')).stdout).toBe('heard \n')
  const isEnough = (stdout: string) => stdout.includes('\n')
  const told = await run(programs, 'tool', { input: 'a line\n', isEnough })
  expect([told.end, told.stdout]).toEqual(['enough', 'heard a line\n'])
  const talk = await run(programs, 'tool', {
    isEnough,
    input: (input: { write(text: string): void }) => input.write('two\n'),
  })
  expect([talk.end, talk.exitCode, talk.stdout]).toEqual(['enough', null, 'heard two\n'])
})

test('a program that takes too long, says too much or is not wanted any more ends, with what it started', async () => {
  const programs = await scriptedPrograms(directory, {
    slow: `import { spawn } from 'node:child_process'
      spawn('/bin/sleep', ['60'], { stdio: 'inherit' }); console.log('begun'); setTimeout(() => {}, 60000)`,
    loud: `for (;;) process.stdout.write('x'.repeat(65536))`,
  })
  const heard: string[] = []
  const onOutput = (text: string, stream: string) => heard.push(`${stream}: ${text}`)
  expect((await run(programs, 'slow', { timeoutMs: 300, onOutput })).end).toBe('timed_out')
  expect(heard).toEqual(['stdout: begun\n'])
  const stopping = new AbortController()
  const aborted = run(programs, 'slow', { signal: stopping.signal, onOutput: () => stopping.abort() })
  expect((await aborted).end).toBe('aborted')
  expect((await run(programs, 'slow', { signal: stopping.signal })).end).toBe('aborted')
  const loud = await run(programs, 'loud')
  expect(loud.end).toBe('too_much_output')
  expect(loud.stdout.length).toBeLessThanOrEqual(1024 * 1024)
})
