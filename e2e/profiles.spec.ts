/** Profiles: the CLI signs in inside one with its output in the dialog; an account gets one, runs in it, and leaves it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claudeCredentialsJson, claudeJson, codexAuthJson, signInAs } from '../src/testing/fake-tokens.ts'
import type { AppProcess } from './app-process.ts'
import { expect, test } from './fixtures.ts'
import { addPair, beginSignIn, dialog, row } from './steps.ts'

const ROOT = process.cwd()
const BUN = join(ROOT, 'node_modules', 'bun', 'bin', 'bun.exe')
const bin = mkdtempSync(join(tmpdir(), 'tokendeck-profiles-'))

/** Claude Code: signs in with a pasted code, says who it is, and otherwise tells where it runs. */
const CLAUDE = `#!/bin/sh
if [ "$1 $2" = 'auth login' ]; then
  printf '\\033[1mOpening browser\\033[0m…\\nVisit: https://claude.ai/oauth/authorize?FAKE=1\\nPaste code here: \\n'
  read -r code
  [ "$code" = 'FAKE-code#FAKE-state' ] || { echo 'Invalid code'; exit 1; }
  cp "$HOME/approved.claude.json" "$CLAUDE_CONFIG_DIR/.claude.json"
  cp "$HOME/approved.json" "$CLAUDE_CONFIG_DIR/.new"
  mv "$CLAUDE_CONFIG_DIR/.new" "$CLAUDE_CONFIG_DIR/.credentials.json"
  echo 'Login successful.'
elif [ "$1 $2" = 'auth status' ]; then
  exec '${BUN}' -e 'const a = JSON.parse(require("node:fs").readFileSync(process.env.CLAUDE_CONFIG_DIR + "/.claude.json", "utf8")).oauthAccount; console.log(JSON.stringify({ loggedIn: true, authMethod: "claude.ai", email: a.emailAddress, orgId: a.organizationUuid }))'
else
  echo "dir=$CLAUDE_CONFIG_DIR key=\${ANTHROPIC_API_KEY:-none} args=$*"
  exit 7
fi
`

/** codex: shows an address and a code, and waits until it is approved elsewhere. */
const CODEX = `#!/bin/sh
printf 'Follow these steps:\\n  https://auth.openai.com/codex/device\\n  ABCD-12345\\n'
while [ ! -f "$HOME/approved.json" ]; do sleep 0.1; done
cp "$HOME/approved.json" "$CODEX_HOME/auth.json"
chmod 600 "$CODEX_HOME/auth.json"
echo 'Successfully logged in'
`

const PATH = `${bin}:${process.env.PATH}`
test.use({ appOptions: { env: { PATH } } })
// Around every test: one process may run several tests of this file, each as a group of its own.
test.beforeAll(() => {
  mkdirSync(bin, { recursive: true })
  for (const [name, text] of Object.entries({ claude: CLAUDE, codex: CODEX })) {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
})
test.afterAll(() => rmSync(bin, { recursive: true, force: true }))

test('claude signs in inside a fresh profile: its words, its address, and the code told to it', async ({
  dashboard,
  app,
  fake,
}) => {
  const issue = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile('approved.json', claudeCredentialsJson(issue))
  app.writeHomeFile('approved.claude.json', claudeJson(issue.family))
  await addPair(app, fake, 'grace')
  await dashboard.reload()
  await beginSignIn(dashboard, 'Claude', 'Let the CLI sign in')
  const output = dialog(dashboard).getByRole('region', { name: 'Output of claude' })
  await expect(output).toContainText('Opening browser…')
  await expect(dialog(dashboard).getByRole('link', { name: 'Open the sign-in page' })).toHaveAttribute(
    'href',
    'https://claude.ai/oauth/authorize?FAKE=1',
  )
  await dialog(dashboard).getByLabel('Code from the browser').fill('FAKE-code#FAKE-state')
  await dialog(dashboard).getByRole('button', { name: 'Send to the CLI' }).click()
  await expect(dialog(dashboard).getByText('Signed in as ada@example.com')).toBeVisible({ timeout: 15_000 })
  await dashboard.keyboard.press('Escape')
  await expect(row(dashboard, 'ada@example.com').getByText('CLI', { exact: true })).toBeVisible()
  expect(app.output()).not.toContain('FAKE-code')
  expect(fake.ledger.count('claude.refresh')).toBe(0)
})

test('codex shows its code, a reload keeps the output, and cancelling ends it', async ({ dashboard, app, fake }) => {
  await addPair(app, fake, 'ada')
  await dashboard.reload()
  await beginSignIn(dashboard, 'Codex', 'Let the CLI sign in')
  await expect(dialog(dashboard).getByText('ABCD-12345').first()).toBeVisible()
  const part = await dialog(dashboard).locator('[id^="cli_aut_"]').getAttribute('id')
  await dashboard.goto(`${app.origin}/authorizations/${part!.slice('cli_'.length)}`)
  await expect(dashboard.getByRole('region', { name: 'Output of codex' })).toContainText('Follow these steps:')
  const [profile] = readdirSync(join(app.home, 'profiles'))
  await dashboard.getByRole('button', { name: 'Cancel' }).click()
  const isRunning = () => spawnSync('pgrep', ['-f', `${bin}/codex`]).status === 0
  await expect.poll(isRunning).toBe(false)
  expect(readdirSync(join(app.home, 'profiles', profile!))).toEqual([])

  await dashboard.goto(app.origin)
  await beginSignIn(dashboard, 'Codex', 'Let the CLI sign in')
  await expect(dialog(dashboard).getByText('ABCD-12345').first()).toBeVisible()
  const issue = signInAs(fake.grants, fake.person('grace'))
  app.writeHomeFile('approved.json', codexAuthJson(issue, Date.now()))
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible({ timeout: 15_000 })
})

test('an account gets a profile, its CLI runs there, and its login comes back', async ({ dashboard, app, fake }) => {
  app.writeHomeFile('.claude/settings.json', '{"model":"opus","apiKeyHelper":"/bin/FAKE"}')
  const { id } = await addPair(app, fake, 'ada', { label: 'work' })
  await dashboard.goto(`${app.origin}/accounts/${id}`)
  await dashboard.getByRole('link', { name: 'Make a profile…' }).click()
  await expect(dialog(dashboard).getByText(/from then on the CLI refreshes it/)).toBeVisible()
  await dialog(dashboard).getByRole('button', { name: 'Make a profile' }).click()
  await expect(dashboard.getByText('holds its login', { exact: false })).toBeVisible({ timeout: 15_000 })
  const [{ directory }] = (await app.api('GET', '/api/profiles')).body
  expect(JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8'))).toEqual({ model: 'opus' })

  const run = await tokendeck(app, ['exec', 'work', '--', 'claude', '--print', 'hi'], { ANTHROPIC_API_KEY: 'FAKE-key' })
  expect(run).toMatchObject({ code: 7, out: `dir=${directory} key=none args=--print hi\n` })
  expect(run.err).toContain('ANTHROPIC_API_KEY')
  expect(run.err).not.toContain('FAKE-key')

  await dashboard.getByRole('link', { name: /^Remove .*profiles/ }).click()
  await expect(dialog(dashboard).getByText(/comes back to Tokendeck first/)).toBeVisible()
  await dialog(dashboard).getByRole('button', { name: 'Remove' }).click()
  await expect(dashboard.getByRole('link', { name: 'Make a profile…' })).toBeVisible({ timeout: 15_000 })
  expect(readdirSync(join(app.home, 'profiles'))).toEqual([])
  expect((await app.api('GET', `/api/accounts/${id}`)).body.custody).toBe('dashboard')
  // The schedule may have come first.
  expect((await app.api('POST', `/api/accounts/${id}/refresh`)).body.outcome).toMatch(/^(refreshed|unchanged)$/)
})

/** Runs the command beside the running program. */
async function tokendeck(app: AppProcess, args: string[], env: Record<string, string>) {
  const child: ChildProcess = spawn(BUN, ['--no-env-file', join(ROOT, 'src/command-line/main.ts'), ...args], {
    cwd: app.userHome,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME: app.userHome, TOKENDECK_HOME: app.home, TOKENDECK_KEY_SOURCE: 'file', ...env },
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise((done) => child.once('close', done))
  return { code, out, err }
}
