/** `tokendeck import`: shows the CLIs' logins on this machine, links one, or takes it over. */

import type { Command } from '../command.ts'
import type { ApiAccount } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { columns, json } from '../output.ts'
import { ageWords } from '../status-line.ts'

interface ApiCandidate {
  path: string
  provider: string
  store: string
  store_item: string | null
  state: string
  entry: { tool: string | null; name: string | null } | null
  advice: string
  identity: { email: string | null; subject: string } | null
  age_seconds: number | null
  used_by: string[] | null
  account_id: string | null
}

export const command: Command = {
  usage: ['[--json]', 'PATH [--take-over] [--label LABEL]'],
  about:
    'Without PATH: lists the logins that the CLIs, and other tools of this kind, keep on this machine. With PATH (a credential file, its directory, or FILE#FORM:NAME as listed): links it, so that its program goes on refreshing it and Tokendeck shows it. With --take-over Tokendeck refreshes it from then on, and the copy in the file must not be used any more.',
  options: {
    'take-over': { type: 'boolean', about: 'Tokendeck owns the login from then on' },
    label: { type: 'string', about: 'a name of your own for it' },
    provider: { type: 'string', about: 'such as claude or codex; the file mostly tells' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, directory, openDeck }) {
    if (positionals.length > 1) throw usageFailure('Name one path.')
    if (options['take-over'] && positionals.length === 0 && typeof options.provider !== 'string')
      throw usageFailure('Say what to take over: `tokendeck import PATH --take-over`.')
    const deck = await openDeck()
    try {
      const candidates = await deck.call<ApiCandidate[]>('GET', '/api/imports/candidates')
      if (positionals.length === 0 && typeof options.provider !== 'string') {
        io.out(options.json ? json(candidates) : list(candidates))
        return EXIT.done
      }
      const { resolve } = await import('node:path')
      const named = positionals[0] === undefined ? undefined : resolve(directory(), positionals[0])
      const found = named === undefined ? undefined : candidateOf(candidates, named)
      const path = found?.path ?? named
      const provider = typeof options.provider === 'string' ? options.provider : providerOf(found)
      const account = await deck.call<ApiAccount>('POST', '/api/imports', {
        ...(provider === undefined ? {} : { provider }),
        ...(path === undefined ? {} : { path }),
        mode: options['take-over'] ? 'take_over' : 'link',
      })
      const labelled =
        typeof options.label === 'string'
          ? await deck.call<ApiAccount>('PATCH', `/api/accounts/${account.id}`, { label: options.label })
          : account
      const name = labelled.label ?? labelled.email ?? labelled.id
      io.out(
        options.json
          ? json(labelled)
          : `${options['take-over'] ? 'Took over' : 'Linked'} ${name} (${labelled.id}). ${labelled.ownership.reason}\n`,
      )
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/** What was found at a path, or in the directory that it is; of several the content of the named file decides. */
function candidateOf(candidates: ApiCandidate[], path: string): ApiCandidate | undefined {
  const exact = candidates.find((candidate) => candidate.path === path)
  if (exact) return exact
  const below = candidates.filter((candidate) => candidate.path.startsWith(`${path}/`))
  if (below.length > 1) {
    const names = below.map((candidate) => `  ${candidate.path}\n`).join('')
    throw usageFailure(`Several logins lie in ${path}. Name one of them:\n${names}`)
  }
  return below[0]
}

/** None of a file that nobody can read: what is in it is said when it is opened. */
function providerOf(candidate: ApiCandidate | undefined): string | undefined {
  return candidate?.entry && candidate.entry.name === null ? undefined : candidate?.provider
}

function list(candidates: ApiCandidate[]): string {
  if (candidates.length === 0) return 'No login was found on this machine.\n'
  const rows = candidates.map((candidate) => [
    candidate.provider,
    candidate.identity?.email ?? candidate.identity?.subject ?? '—',
    candidate.state,
    candidate.age_seconds === null ? '—' : ageWords(candidate.age_seconds * 1000),
    candidate.store_item === null ? candidate.store : `${candidate.store}: ${candidate.store_item}`,
    candidate.used_by === null ? 'not known' : candidate.used_by.join(', ') || '—',
    candidate.account_id ?? '—',
    candidate.path,
  ])
  const head = ['PROVIDER', 'IDENTITY', 'STATE', 'AGE', 'STORE', 'USED BY', 'ACCOUNT', 'PATH']
  const advice = candidates.map((candidate) => `${candidate.path}: ${candidate.advice}\n`)
  return `${columns([head, ...rows])}\n${advice.join('')}`
}
