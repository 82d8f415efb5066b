import { expect, test } from 'vitest'
import { signInLine } from './sign-in-line.ts'

test('names the directory and the command', () => {
  expect(signInLine('claude', '/p/claude-00', 'linux')).toBe("CLAUDE_CONFIG_DIR='/p/claude-00' claude auth login")
  expect(signInLine('codex', '/p/codex-00', 'darwin')).toBe("CODEX_HOME='/p/codex-00' codex login --device-auth")
  expect(signInLine('claude', 'C:\\p q\\c', 'win32')).toBe('set "CLAUDE_CONFIG_DIR=C:\\p q\\c" && claude auth login')
})

test('a shell reads back the very directory, whatever is in its name', () => {
  for (const directory of ['/a b', "/it's", '/$(touch x)`y`"z"', '/a\nb', '/back\\slash', '/~*?[x]{a,b};&|<>']) {
    const line = signInLine('codex', directory, 'linux').replace('codex login --device-auth', 'printenv CODEX_HOME')
    const shell = Bun.spawnSync(['sh', '-c', line])
    expect(shell.stdout.toString()).toBe(`${directory}\n`)
  }
})
