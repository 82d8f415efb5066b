/**
 * `npm run mutations`: takes one rule of the refresh protocol out at a time, in a copy of the tree, and demands that the test
 * that is named for it fails; and that it passes where nothing was taken out. A text that is no longer there is a failure
 * too, so that this table cannot rot. `--only NAME,NAME` tries these only.
 */

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** A rule taken out of a file, and the test that must notice. */
interface Mutation {
  name: string
  file: string
  /** Stands there exactly once. */
  text: string
  replacement: string
  testFile: string
  testName: string
}

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'lease',
    file: 'src/db/lease-store.ts',
    text: `(\${grants.leaseOwner} is null or \${grants.leaseUntil} is null or \${grants.leaseOwner} = \${given('owner')} or \${LEASE_IS_STEALABLE})`,
    replacement: '1 = 1',
    testFile: 'src/accounts/refresh-races.test.ts',
    testName: 'one request; the other waits, looks again and finds it done',
  },
  {
    name: 'compare-and-swap',
    file: 'src/db/refresh-commit-store.ts',
    text: `            eq(grants.generation, given('parentGeneration')),
            eq(grants.refreshTokenFingerprint, given('parentFingerprint')),
`,
    replacement: '',
    testFile: 'src/accounts/refresh-races.test.ts',
    testName: 'a good answer never overwrites a grant that is newer: its refresh token was replaced',
  },
  {
    name: 'durable-before-told',
    file: 'src/accounts/save-answer.ts',
    text: '  for (let failures = 0; failures < QUICK_SAVES; failures++) {',
    replacement: "  whenSaved('applied')\n  for (let failures = 0; failures < QUICK_SAVES; failures++) {",
    testFile: 'src/accounts/refresh-grant.test.ts',
    testName: 'is told only when it is durable',
  },
  {
    name: 're-read',
    file: 'src/accounts/refresh-grant.ts',
    text: 'const seen = await lookAtFile(context, grant)',
    replacement: 'const seen = null as Adoption | null',
    testFile: 'src/accounts/refresh-adoption.test.ts',
    testName: 'a newer login in the file is adopted, and nothing is spent',
  },
  {
    name: 'redirect-guard',
    file: 'src/oauth/transport.ts',
    text: "redirect: 'error',",
    replacement: "redirect: 'follow',",
    testFile: 'src/oauth/transport.test.ts',
    testName: 'a 307 is not followed: the token reaches nobody else',
  },
  {
    name: 'kept-refresh-token',
    file: 'src/accounts/spend-refresh-token.ts',
    text: 'granted.refreshToken ?? spending.tokens.refreshToken',
    replacement: 'granted.refreshToken',
    testFile: 'src/accounts/refresh-grant.test.ts',
    testName: 'without a refresh token keeps the old one, sealed anew',
  },
  {
    name: 'single-retry',
    file: 'src/accounts/refresh-policy.ts',
    text: "kind === 'unknown' && !wasRetryAfterUnknown",
    replacement: "kind === 'unknown'",
    testFile: 'src/accounts/refresh-failures.test.ts',
    testName: 'two lost answers: then calm',
  },
  {
    name: 'outer-lock',
    file: 'src/accounts/refresh-grant.ts',
    text: 'await takeOuterLock(context, account.id)',
    replacement: '({ isHeld: true, stillHeld: async () => true, release: async () => {} }) as never',
    testFile: 'src/accounts/outer-lock.test.ts',
    testName: 'what the CLI renews while we wait for its locks is adopted, and nothing is spent',
  },
  {
    name: 'doubt-about-a-file',
    file: 'src/accounts/refresh-grant.ts',
    text: "if (seen === 'doubtful') return",
    replacement: 'if (false) return',
    testFile: 'src/accounts/refresh-adoption.test.ts',
    testName: 'a newer login that nobody can confirm is waited for: nothing is spent',
  },
  {
    name: 'stopped-before-the-lease-is-heard-of',
    file: 'src/accounts/refresh-grant.ts',
    text: 'Math.max(clock.monotonic() - askedAt.monotonic, clock.now() - askedAt.wall)',
    replacement: '0',
    testFile: 'src/accounts/refresh-races.test.ts',
    testName: 'a process that is stopped while it takes the lease sends nothing when it goes on',
  },
  {
    name: 'synced-commit',
    file: 'src/db/file-settings.ts',
    text: "'PRAGMA synchronous=FULL',",
    replacement: "'PRAGMA synchronous=NORMAL',",
    testFile: 'src/db/client.test.ts',
    testName: 'a connection that was replaced has its settings and its lock again',
  },
  {
    name: 'synced-spool',
    file: 'src/lib/durable-file.ts',
    text: `at += writeSync(file, bytes, at)
    fsyncSync(file)
`,
    replacement: `at += writeSync(file, bytes, at)
`,
    testFile: 'src/accounts/answer-spool-order.test.ts',
    testName: 'an answer is on the disk before it has its name, and its name is before anybody goes on',
  },
  {
    name: 'synced-name-in-the-spool',
    file: 'src/lib/durable-file.ts',
    text: `  renameSync(from, to)
  syncPath(dirname(to))
`,
    replacement: `  renameSync(from, to)
`,
    testFile: 'src/accounts/answer-spool-order.test.ts',
    testName: 'an answer is on the disk before it has its name, and its name is before anybody goes on',
  },
]

const ROOT = resolve(import.meta.dirname, '..')
const { values } = parseArgs({ options: { only: { type: 'string' } } })
const wanted = values.only?.split(',')
const chosen = MUTATIONS.filter(({ name }) => !wanted || wanted.includes(name))
const directory = mkdtempSync(join(tmpdir(), 'tokendeck-mutations-'))
let failures = 0

try {
  for (const part of ['src', 'public', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  const passing = runTests(chosen).passed
  for (const mutation of chosen) failures += tryMutation(mutation, passing) ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.stdout.write(`${chosen.length - failures} of ${chosen.length} rules are guarded\n`)
process.exit(failures === 0 && chosen.length > 0 ? 0 : 1)

function tryMutation(mutation: Mutation, passing: ReadonlySet<string>): boolean {
  const path = join(directory, mutation.file)
  const source = readFileSync(path, 'utf8')
  const finding = judge(mutation, passing, path, source)
  writeFileSync(path, source)
  process.stdout.write(
    `${finding === null ? 'guarded' : 'FAILED '}  ${mutation.name}: ${finding ?? mutation.testName}\n`,
  )
  return finding === null
}

/** Null when the rule is guarded, else what is wrong. */
function judge(mutation: Mutation, passing: ReadonlySet<string>, path: string, source: string): string | null {
  if (source.split(mutation.text).length !== 2) return `its text does not stand exactly once in ${mutation.file}`
  if (!passing.has(mutation.testName)) return `its test does not pass unchanged: ${mutation.testName}`
  writeFileSync(
    path,
    source.replace(mutation.text, () => mutation.replacement),
  )
  return runTests([mutation]).failed.has(mutation.testName) ? null : `nobody notices: ${mutation.testName}`
}

/** Runs the tests of these in one process: the names of those that passed, and of those that did not. */
function runTests(tests: readonly Mutation[]): { passed: Set<string>; failed: Set<string> } {
  const report = join(directory, 'report.json')
  rmSync(report, { force: true })
  const files = new Set(tests.map(({ testFile }) => testFile))
  const pattern = tests.map(({ testName }) => testName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const vitest = ['--bun', 'node_modules/vitest/vitest.mjs', 'run', ...files, '--testNamePattern', pattern]
  Bun.spawnSync([process.execPath, '--no-env-file', ...vitest, '--reporter=json', `--outputFile=${report}`], {
    cwd: directory,
  })
  const named = { passed: new Set<string>(), failed: new Set<string>() }
  if (!existsSync(report)) return named
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  for (const { title, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (status === 'passed' || status === 'failed') named[status].add(title)
  }
  return named
}

/** What is read of vitest's report. */
interface Report {
  testResults: { assertionResults: { title: string; status: string }[] }[]
}
