/** `tokendeck sign-outs`: logins that are being ended at their providers; tries one now, stops it, or takes it off the list. */

import type { Command } from '../command.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { columns, json } from '../output.ts'

interface ApiRevocation {
  id: string
  provider: string
  account_name: string
  status: 'pending' | 'confirmed' | 'not_confirmed'
  tries: number
  next_try_at: string | null
  failure_code: string | null
}

const ACTS = ['try', 'stop', 'dismiss'] as const

export const command: Command = {
  usage: ['[--json]', 'try ID', 'stop ID', 'dismiss ID'],
  about:
    'Lists logins that are being ended at their providers. They are tried while the dashboard runs, and once by `tokendeck refresh --due` and `--all` without one; no other command asks a provider for them. `try` asks now. `stop` leaves the login valid at the provider and gives its token up here: end the session there yourself. `dismiss` takes one that has ended off the list.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const [word, id, ...rest] = positionals
    const act = ACTS.find((each) => each === word)
    if (rest.length > 0 || (word !== undefined && (!act || id === undefined)))
      throw usageFailure('Say `tokendeck sign-outs`, or one of try, stop and dismiss with an id.')
    const deck = await openDeck()
    try {
      if (!act) {
        const list = await deck.call<ApiRevocation[]>('GET', '/api/revocations')
        io.out(options.json ? json(list) : table(list))
        return EXIT.done
      }
      const path = `/api/revocations/${encodeURIComponent(id!)}`
      if (act === 'try') {
        const tried = await deck.call<{ revocation: string; code: string | null }>('POST', `${path}/tries`)
        io.out(options.json ? json(tried) : `${OUTCOMES[tried.revocation]}${tried.code ? ` (${tried.code})` : ''}\n`)
        return tried.revocation === 'confirmed' ? EXIT.done : EXIT.tryLater
      }
      const done = await deck.call(act === 'stop' ? 'POST' : 'DELETE', act === 'stop' ? `${path}/stops` : path)
      io.out(options.json ? json(done) : DONE[act])
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

const OUTCOMES: Record<string, string> = {
  confirmed: 'The provider confirmed the sign-out.',
  pending: 'Not confirmed yet: the login is still valid there.',
  not_confirmed: 'Given up: the login may still be valid there. End the session at the provider.',
}

const DONE = {
  stop: 'Stopped. The login may still be valid at the provider: end the session there.\n',
  dismiss: 'Taken off the list; the history keeps it.\n',
}

function table(list: ApiRevocation[]): string {
  if (list.length === 0) return 'No login is being signed out.\n'
  const rows = list.map((each) => [
    each.id,
    each.provider,
    each.account_name,
    each.status,
    String(each.tries),
    each.next_try_at ?? '—',
    each.failure_code ?? '—',
  ])
  return columns([['ID', 'PROVIDER', 'ACCOUNT', 'STATUS', 'TRIES', 'NEXT TRY', 'FAILURE'], ...rows])
}
