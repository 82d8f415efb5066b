/** `tokendeck audit verify` as a shell runs it: a whole history, and one that somebody wrote to. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-audit-'))
  mkdirSync(join(directory, 'home'), { mode: 0o700 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const MAIN = join(import.meta.dirname, '../main.ts')

async function tokendeck(args: string[], input = '') {
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'user'),
      TOKENDECK_HOME: join(directory, 'home'),
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
      TOKENDECK_KEY_SOURCE: 'file',
    },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { out, err, code: await child.exited }
}

test('verify tells a whole history from one that somebody wrote to, by its exit code and in words', async () => {
  expect(await tokendeck(['audit'])).toMatchObject({ code: 2 })
  for (const label of ['one', 'two', 'three']) {
    const added = await tokendeck(
      ['add', '--provider', 'claude', '--setup-token-stdin', '--label', label],
      `sk-ant-oat01-FAKE-${label}\n`,
    )
    expect(added.code).toBe(0)
  }
  expect(await tokendeck(['audit', 'verify'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('The history is whole. Events checked: 3'),
  })
  const client = createClient({ url: `file:${join(directory, 'home', 'tokendeck.db')}` })
  await client.execute('delete from audit_events where id = 2')
  client.close()
  expect(await tokendeck(['audit', 'verify'])).toMatchObject({
    code: 1,
    out: 'The history was changed. Events checked: 2, findings: 1\n  event 2 is missing\n',
  })
  const { out, code } = await tokendeck(['audit', 'verify', '--json'])
  expect([code, JSON.parse(out)]).toMatchObject([1, { whole: false, findings: [{ kind: 'missing', first_id: 2 }] }])
}, 60_000)
