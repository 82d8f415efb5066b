/** `tokendeck undo`: takes the last switch of a CLI back, or one that is named. */

import type { Command } from '../command.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiBackup {
  id: string
  provider: string
  directory: string
  at: string
  previous: { name: string } | null
  next: { name: string } | null
  is_undo: boolean
  restored_at: string | null
}

interface ApiRestoration {
  account_id: string | null
  verified_as: string
  is_exact: boolean
}

export const command: Command = {
  usage: ['[BACKUP] [--provider P] [--json]', '--list [--json]'],
  about:
    'Takes the last switch back: byte for byte where nothing was changed since, otherwise the login alone, and always with its newest tokens. Switches can be undone for 30 days.',
  options: {
    provider: { type: 'string', about: 'the last switch of this provider’s CLI' },
    list: { type: 'boolean', about: 'list what can be undone' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length > (options.list ? 0 : 1))
      throw usageFailure('Name one backup at most: `tokendeck undo --list` lists them.')
    const deck = await openDeck()
    try {
      const backups = await deck.call<ApiBackup[]>('GET', '/api/backups')
      if (options.list) {
        io.out(
          options.json ? json(backups) : backups.map(lineOf).join('') || 'Nothing was switched in the last 30 days.\n',
        )
        return EXIT.done
      }
      const id = positionals[0] ?? lastOf(backups, options.provider)
      if (id === undefined) throw new CommandFailure(EXIT.failed, 'No switch of the last 30 days is left to undo.')
      const done = await deck.call<ApiRestoration>('POST', `/api/backups/${encodeURIComponent(id)}/restoration`)
      io.out(options.json ? json(done) : doneText(done))
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

function lastOf(backups: readonly ApiBackup[], provider: unknown): string | undefined {
  return backups.find(
    (backup) => !backup.is_undo && backup.restored_at === null && (!provider || backup.provider === provider),
  )?.id
}

function lineOf({ id, at, directory, previous, next, restored_at: restoredAt }: ApiBackup): string {
  const change = `${previous?.name ?? 'no login'} → ${next?.name ?? 'no login'}`
  return `${id}  ${at}  ${directory}  ${change}${restoredAt ? '  (undone)' : ''}\n`
}

function doneText({ account_id: accountId, verified_as: name, is_exact: isExact }: ApiRestoration): string {
  const what = accountId === null ? 'What was there before is there again' : `${name} is there again`
  return `${what}${isExact ? ', byte for byte' : '; the rest was changed since and stays'}.\n`
}
