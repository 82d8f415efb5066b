/**
 * `npm run test:peers`: the real `claude` and `codex` in a place without a network, against the vendors' own host names on
 * loopback. `--only NAME,NAME` plays these only; `--write` puts what was proven into docs/peers.md; `--within SECONDS`
 * bounds the installation, 0 = only with what is installed. Ends with 1 where something is not proven, with 0 where it
 * cannot be tried here, and says why.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Certificates, makeCertificates } from './certificates.ts'
import type { Played, Run } from './inside.ts'
import { installPeers, NoPeers, type Peers } from './install.ts'
import { commandInside, findNamespaceWay, hostsFile, VENDOR_HOSTS } from './namespace.ts'
import { page, table } from './report.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    within: { type: 'string', default: '600' },
  },
})
/** All scenarios together. */
const RUN_DEADLINE_MS = 600_000
const PAGE = resolve(import.meta.dirname, '..', 'docs', 'peers.md')

const way = findNamespaceWay()
if ('reason' in way) skip(way.reason)
const directory = mkdtempSync(join(tmpdir(), 'tokendeck-peers-'))
process.exitCode = await prove(way.command, directory).finally(() =>
  rmSync(directory, { recursive: true, force: true }),
)

async function prove(command: string[], scratch: string): Promise<number> {
  let peers: Peers
  let certificates: Certificates
  try {
    peers = installPeers(Number(values.within) * 1_000)
    certificates = makeCertificates(scratch, VENDOR_HOSTS)
  } catch (error) {
    return skip(error instanceof NoPeers || error instanceof Error ? error.message : 'unknown')
  }
  const startedAt = performance.now()
  const played = await runInside(command, scratch, peers, certificates)
  const seconds = (performance.now() - startedAt) / 1_000
  const proofs = played.flatMap((each) => each.proofs)
  const failures = proofs
    .filter(({ isTrue }) => !isTrue)
    .map(({ cli, what, measured }) => `${cli}, ${what}: ${measured}`)
  const passed = proofs.length - failures.length
  if (played.length === 0) failures.push('nothing came to its end')
  const counts = { passed, failed: failures.length, failures }
  process.stdout.write(`${table(played, peers)}\n\n`)
  process.stdout.write(
    `${counts.passed} proven, ${counts.failed} not proven, in ${played.length} scenarios and ${seconds.toFixed(0)} s\n`,
  )
  note(counts)
  if (values.write && !values.only && counts.failed === 0) writeFileSync(PAGE, page(played, peers, seconds))
  return counts.failed === 0 ? 0 : 1
}

async function runInside(way: string[], scratch: string, peers: Peers, certificates: Certificates): Promise<Played[]> {
  const path = (name: string) => join(scratch, name)
  const run: Run = {
    ...{ directory: scratch, programs: peers.programs, certificates, results: path('results.json') },
    only: values.only?.split(',') ?? null,
  }
  writeFileSync(path('run.json'), JSON.stringify(run))
  writeFileSync(path('hosts'), hostsFile())
  const inner = [process.execPath, '--no-env-file', join(import.meta.dirname, 'inside.ts'), path('run.json')]
  const child = Bun.spawn(commandInside(way, path('hosts'), inner), {
    ...{ stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
    // Nothing of the person's own: no home, no proxy, no account.
    env: {
      PATH: process.env.PATH ?? '',
      HOME: scratch,
      TMPDIR: scratch,

      NODE_EXTRA_CA_CERTS: certificates.authority,
    },
    // The first process of its namespace: with it everything that it started ends.
    ...{ timeout: RUN_DEADLINE_MS, killSignal: 'SIGKILL' },
  })
  await child.exited
  try {
    return JSON.parse(readFileSync(run.results, 'utf8'))
  } catch {
    return []
  }
}

function skip(reason: string): never {
  process.stdout.write(`The real CLIs were not tried: ${reason}.\n`)
  note({ passed: 0, failed: 0, skipped: reason })
  process.exit(0)
}

/** For `npm test`, which sums up. */
function note(counts: object): void {
  if (process.env.TOKENDECK_COUNTS) writeFileSync(process.env.TOKENDECK_COUNTS, JSON.stringify(counts))
}
