/** `tokendeck import`: shows the CLIs' logins on this machine, links one, or takes it over. */

import type { Command } from '../command.ts'
import type { ApiAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { columns, json } from '../output.ts'

interface ApiCandidate {
  path: string
  provider: string
  state: string
  advice: string
  identity: { email: string | null; subject: string } | null
  account_id: string | null
  can_link: boolean
}

export const command: Command = {
  usage: ['[--json]', 'PATH [--take-over] [--label LABEL]'],
  about:
    'Without PATH: lists the logins that the CLIs keep on this machine. With PATH (a credential file or its directory): links it, so that the CLI goes on refreshing it and Tokendeck shows it. With --take-over Tokendeck refreshes it from then on, and the CLI’s copy must not be used any more.',
  options: {
    'take-over': { type: 'boolean', about: 'Tokendeck owns the login from then on' },
    label: { type: 'string', about: 'a name of your own for it' },
    provider: { type: 'string', about: 'such as claude or codex; mostly told by the file' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
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
      const path = positionals[0] === undefined ? undefined : resolve(positionals[0])
      const provider = typeof options.provider === 'string' ? options.provider : providerOf(candidates, path!)
      const account = await deck.call<ApiAccount>('POST', '/api/imports', {
        provider,
        ...(path === undefined ? {} : { path }),
        mode: options['take-over'] ? 'take_over' : 'link',
      })
      const named =
        typeof options.label === 'string'
          ? await deck.call<ApiAccount>('PATCH', `/api/accounts/${account.id}`, { label: options.label })
          : account
      const name = named.label ?? named.email ?? named.id
      io.out(
        options.json
          ? json(named)
          : `${options['take-over'] ? 'Took over' : 'Linked'} ${name} (${named.id}). ${named.ownership.reason}\n`,
      )
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/** The provider of a path: of the candidate it names, else by the names that the CLIs give their files. */
function providerOf(candidates: ApiCandidate[], path: string): string {
  const known = candidates.find((candidate) => candidate.path === path || candidate.path.startsWith(`${path}/`))
  if (known) return known.provider
  const name = path.split(/[/\\]/).at(-1)
  if (name === '.credentials.json') return 'claude'
  if (name === 'auth.json') return 'codex'
  throw new CommandFailure(
    EXIT.usage,
    'Whose file this is cannot be told by its name: say --provider claude or --provider codex.',
  )
}

function list(candidates: ApiCandidate[]): string {
  if (candidates.length === 0) return 'No login of a CLI was found on this machine.\n'
  const rows = candidates.map((candidate) => [
    candidate.provider,
    candidate.identity?.email ?? candidate.identity?.subject ?? '—',
    candidate.state,
    candidate.account_id ?? '—',
    candidate.path,
  ])
  const advice = candidates.map((candidate) => `${candidate.path}: ${candidate.advice}\n`)
  return `${columns([['PROVIDER', 'IDENTITY', 'STATE', 'ACCOUNT', 'PATH'], ...rows])}\n${advice.join('')}`
}
