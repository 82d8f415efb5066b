/**
 * What the last full run of every scenario found: kept as data, so that a long torture can be gathered in pieces, and shown
 * as docs/torture.md and as the table that README quotes.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Finding, table } from './finding.ts'

/** One scenario's last run. */
export interface ScenarioResult {
  /** Title of the scenario. */
  scenario: string
  /** Day of the run, `2026-11-22`. */
  day: string
  /** Of the tree that was tried, short; `unknown` outside git. */
  commit: string
  /** Load average of one minute, when it began. */
  load: number
  seconds: number
  /** Processors, runtime and system. */
  machine: string
  findings: Finding[]
}

const ROOT = resolve(import.meta.dirname, '..')
const DATA = resolve(ROOT, 'torture', 'results.json')
const PAGE = resolve(ROOT, 'docs', 'torture.md')
const README = resolve(ROOT, 'README.md')
const QUOTED = /(<!-- torture -->\n)[\s\S]*?(\n<!-- \/torture -->)/

/** Puts new results in the place of those of the same scenarios; `order` are the titles of all scenarios. */
export function writeResults(news: readonly ScenarioResult[], order: readonly string[]): void {
  const known = readResults()
  const all = order
    .map((title) => [...news, ...known].find(({ scenario }) => scenario === title))
    .filter((result) => result !== undefined)
  writeFileSync(DATA, `${JSON.stringify(all, null, 2)}\n`)
  writeFileSync(PAGE, page(all))
  const readme = readFileSync(README, 'utf8')
  const quoted = comparison(all.flatMap(({ findings }) => findings))
  if (quoted)
    writeFileSync(
      README,
      readme.replace(QUOTED, (_, begin, end) => `${begin}${quoted}${end}`),
    )
}

/** What is known of every scenario that was ever run in full. */
export function readResults(): ScenarioResult[] {
  const known: ScenarioResult[] = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : []
  return known.map((result) => ({ ...result, commit: result.commit ?? 'unknown' }))
}

function page(all: readonly ScenarioResult[]): string {
  const sections = all.map(
    ({
      scenario,
      day,
      commit,
      load,
      seconds,
      machine,
      findings,
    }) => `## ${scenario[0]!.toUpperCase()}${scenario.slice(1)}

Measured on ${day} at commit ${commit}, load average ${load.toFixed(1)} at the beginning, ${duration(seconds)}; ${machine}.

${table(findings)}
`,
  )
  return `# What a login withstands

Written by \`npm run torture -- --write\`, which can be run in pieces (\`--only F1,F4\`). The judge is the ledger of the fake
provider, which knows which refresh token was spent, how often, and whether the answer was handed over whole. *Strict* means:
a refresh token works once, and using it again ends the login. The shared database is a double that speaks the libSQL
protocol over a real file, with a network of faults before it; a real libSQL server was not part of it.

${sections.join('\n')}`
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`
}

/** What was done in the rows, who did it in the columns. Null where nothing was compared yet. */
function comparison(findings: readonly Finding[]): string | null {
  const compared = findings.filter((finding) => finding.compared !== undefined)
  if (compared.length === 0) return null
  const who = [...new Set(compared.map(({ compared }) => compared!.by))]
  const tests = [...new Set(compared.map(({ compared }) => compared!.test))]
  const cells = (test: string) =>
    who.map((by) => compared.find((each) => each.compared!.by === by && each.compared!.test === test)?.measured ?? '—')
  return [['', ...who], ['---', ...who.map(() => '---')], ...tests.map((test) => [test, ...cells(test)])]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
