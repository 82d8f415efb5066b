import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runningClis, usersOf, visibleClis } from './running-clis.ts'

async function addProcess(
  root: string,
  pid: string,
  comm: string,
  argv: string[],
  environment: Record<string, string> | null,
) {
  await mkdir(join(root, pid))
  await writeFile(join(root, pid, 'comm'), `${comm}\n`)
  await writeFile(join(root, pid, 'cmdline'), `${argv.join('\0')}\0`)
  if (environment === null) return
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`)
  await writeFile(join(root, pid, 'environ'), entries.join(''))
}

test('finds the CLIs of this person and the directory of each', async () => {
  const root = await mkdtemp(join(tmpdir(), 'processes-'))
  const work = await mkdtemp(join(tmpdir(), 'work-'))
  await symlink(work, join(root, 'link'))
  await addProcess(root, '10', 'claude', ['claude', '--continue'], { HOME: '/h' })
  await addProcess(root, '11', 'claude', ['claude'], { HOME: '/h', CLAUDE_CONFIG_DIR: join(root, 'link') })
  await addProcess(root, '12', 'node', ['/usr/bin/node', '/usr/lib/bin/codex.js', 'exec'], { HOME: '/h' })
  await addProcess(root, '13', 'codex', ['/opt/codex'], { HOME: '/h', CODEX_HOME: '/other' })
  await addProcess(root, '14', 'vim', ['vim', 'claude'], { HOME: '/h' })
  await addProcess(root, '15', 'claude', ['claude'], null)
  await addProcess(root, 'self', 'claude', ['claude'], { HOME: '/h' })
  const running = await runningClis(root)
  expect(await usersOf('/h/.claude', running)).toEqual(['claude (10)'])
  expect(await usersOf(work, running)).toEqual(['claude (11)'])
  expect(await usersOf('/h/.codex', running)).toEqual(['codex (12)'])
  expect(await usersOf('/other', running)).toEqual(['codex (13)'])
  expect(running).toHaveLength(4)
  await rm(root, { recursive: true })
  await rm(work, { recursive: true })
})

test('other tools of this kind are found by their own directories', async () => {
  const root = await mkdtemp(join(tmpdir(), 'processes-'))
  await addProcess(root, '20', 'opencode', ['opencode'], { HOME: '/h' })
  await addProcess(root, '21', 'opencode', ['opencode'], { HOME: '/h', XDG_DATA_HOME: '/data' })
  await addProcess(root, '22', 'node', ['node', '/opt/openclaw.mjs'], { HOME: '/h' })
  await addProcess(root, '23', 'openclaw', ['openclaw'], { OPENCLAW_STATE_DIR: '/state' })
  await addProcess(root, '24', 'opencode', ['opencode'], {})
  const running = await runningClis(root)
  expect(running.map(({ cli, pid, directory }) => [cli, pid, directory]).sort()).toEqual([
    ['openclaw', 22, '/h/.openclaw'],
    ['openclaw', 23, '/state'],
    ['opencode', 20, '/h/.local/share/opencode'],
    ['opencode', 21, '/data/opencode'],
  ])
  await rm(root, { recursive: true })
})

test('says nothing where processes are not files', async () => {
  expect(await runningClis('/no/such/directory')).toEqual([])
  expect(await visibleClis('/no/such/directory')).toBeNull()
  expect(await usersOf('/h/.claude', null)).toBeNull()
})
