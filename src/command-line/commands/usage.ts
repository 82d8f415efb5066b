/** `tokendeck usage`: how full the limits of each account are, as they were read last. */

import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import { findAccount } from '../deck.ts'
import { EXIT } from '../exit-codes.ts'
import { columns, json, when } from '../output.ts'
import type { ApiUsage, ApiWindow } from '../room.ts'

export const command: Command = {
  usage: ['[ACCOUNT] [--json]'],
  about: 'Shows how much of each limit is used, when it starts anew and when it will run out. “—” is not known.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: given, io, clock, openDeck }) {
    refuseSurplus(given, 1)
    const { positionals, options } = given
    const deck = await openDeck()
    try {
      const [reference] = positionals
      const account = reference === undefined ? null : await findAccount(deck, reference)
      const every = await deck.call<ApiUsage[]>('GET', '/api/usage')
      const wanted = every.filter((usage) => account === null || usage.account_id === account.id)
      if (options.json) io.out(json(account === null ? wanted : (wanted[0] ?? null)))
      else if (wanted.length === 0) io.say('There are no accounts yet.')
      else io.out(table(wanted, clock.now()))
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

function table(accounts: ApiUsage[], now: number): string {
  const rows = accounts.flatMap((usage) => {
    const windows: (ApiWindow | null)[] = usage.windows.length === 0 ? [null] : usage.windows
    return windows.map((window, index) => [
      index === 0 ? (usage.label ?? usage.email ?? usage.account_id) : '',
      index === 0 ? usage.provider : '',
      window === null ? '—' : (window.label ?? window.kind),
      percent(window),
      when(window?.resets_at ?? null, now),
      forecast(window, now),
      index === 0 ? age(usage, now) : '',
    ])
  })
  return columns([['ACCOUNT', 'PROVIDER', 'WINDOW', 'USED', 'RESETS', 'FORECAST', 'READ'], ...rows])
}

function percent(window: ApiWindow | null): string {
  const used = window?.used_fraction ?? null
  if (used === null) return '—'
  return `${used < 1 ? Math.min(99, Math.round(used * 100)) : Math.round(used * 100)} %`
}

function forecast(window: ApiWindow | null, now: number): string {
  if (!window?.forecast) return '—'
  return window.forecast.kind === 'lasts' ? 'lasts' : `runs out ${when(window.forecast.at, now)}`
}

function age({ read_at, failure, old }: ApiUsage, now: number): string {
  const read = read_at === null ? 'never' : when(read_at, now)
  return failure !== null && (old || read_at === null) ? `${read} (${failure})` : read
}
