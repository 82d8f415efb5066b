/** `tokendeck profiles`: directories of their own for accounts: listed, made, removed. */

import type { Command, CommandIo } from '../command.ts'
import { type Deck, findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { columns, json } from '../output.ts'
import { readShared } from '../shared-kinds.ts'

interface ApiProfile {
  id: string
  provider: string
  directory: string
  account_id: string | null
  account_name: string | null
  identity: string | null
  state: string
  holds_login: boolean
  used_by: string[] | null
  shared: string[]
}

interface ApiRemoval {
  login: 'none' | 'returned' | 'lost'
  used_by: string[] | null
  files: number
  bytes: number
}

export const command: Command = {
  usage: ['[list] [--json]', 'make ACCOUNT [--share KINDS]', 'remove ID|DIRECTORY [--yes] [--lose-login]'],
  about:
    'A profile is a directory in which an account’s own CLI keeps its login, so that several accounts run side by side. `make` hands the login of an account to its CLI there; `remove` takes it back and removes the directory.',
  options: {
    share: {
      type: 'string',
      about: 'what it shares with the main home: settings,instructions,commands,agents,skills,history or none',
    },
    yes: { type: 'boolean', short: 'y', about: 'do not ask' },
    'lose-login': { type: 'boolean', about: 'remove it although a login in it, by which no account lives, is lost' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const [act = 'list', name, surplus] = positionals
    const isList = act === 'list'
    if (!['list', 'make', 'remove'].includes(act) || isList !== (name === undefined) || surplus !== undefined)
      throw usageFailure('Say `list`, `make ACCOUNT` or `remove ID`.')
    const shared = readShared(options.share)
    const deck = await openDeck()
    try {
      if (isList) return list(await profiles(deck), io, Boolean(options.json))
      if (act === 'make') return await make(deck, io, name!, shared, Boolean(options.json))
      return await remove(deck, io, name!, {
        isSure: Boolean(options.yes),
        losesLogin: Boolean(options['lose-login']),
        isJson: Boolean(options.json),
      })
    } finally {
      await deck.close()
    }
  },
}

function profiles(deck: Deck): Promise<ApiProfile[]> {
  return deck.call<ApiProfile[]>('GET', '/api/profiles')
}

function list(found: ApiProfile[], io: CommandIo, isJson: boolean): number {
  if (isJson) io.out(json(found))
  else if (found.length === 0) io.say('There are no profiles. `tokendeck profiles make ACCOUNT` makes one.')
  else {
    const rows = found.map((profile) => [
      profile.id,
      profile.provider,
      profile.account_name ?? profile.identity ?? '—',
      profile.holds_login ? 'holds its login' : profile.state,
      profile.used_by === null ? 'not known' : profile.used_by.join(', ') || '—',
      profile.directory,
    ])
    io.out(columns([['ID', 'PROVIDER', 'ACCOUNT', 'STATE', 'IN USE BY', 'DIRECTORY'], ...rows]))
  }
  return EXIT.done
}

async function make(
  deck: Deck,
  io: CommandIo,
  reference: string,
  shared: string[] | null,
  isJson: boolean,
): Promise<number> {
  const { id } = await findAccount(deck, reference)
  const body = shared === null ? {} : { shared }
  const profile = await deck.call<ApiProfile>('POST', `/api/accounts/${id}/profile`, body)
  if (isJson) io.out(json(profile))
  else {
    io.out(`${profile.directory}\n`)
    const what = profile.shared.length > 0 ? profile.shared.join(', ') : 'nothing'
    io.say(`The CLI holds the login of ${profile.account_name} there. Shared with the main home: ${what}.`)
  }
  return EXIT.done
}

async function remove(
  deck: Deck,
  io: CommandIo,
  name: string,
  { isSure, losesLogin, isJson }: { isSure: boolean; losesLogin: boolean; isJson: boolean },
): Promise<number> {
  const profile = (await profiles(deck)).find(({ id, directory }) => id === name || directory === name)
  if (!profile)
    throw new CommandFailure(EXIT.failed, `There is no profile “${name}”. \`tokendeck profiles\` lists them.`)
  const preview = await deck.call<ApiRemoval>('GET', `/api/profiles/${profile.id}/removal`)
  if (!isSure) {
    io.say(wordsOf(profile, preview))
    const answer = await io.ask('Remove it? [y/N] ')
    if (answer === null) throw usageFailure('Nobody can be asked here: say --yes.')
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failed, 'Nothing was removed.')
  }
  const query = losesLogin ? '?lose_login=true' : ''
  const done = await deck.call<ApiRemoval>('DELETE', `/api/profiles/${profile.id}${query}`)
  if (isJson) io.out(json(done))
  else io.say(`Removed ${profile.directory}.${done.login === 'returned' ? ' Tokendeck holds its login again.' : ''}`)
  return EXIT.done
}

function wordsOf({ directory, identity }: ApiProfile, { login, files, bytes }: ApiRemoval): string {
  const fate = {
    none: 'No login lies in it.',
    returned: `Its login (${identity}) comes back to Tokendeck.`,
    lost: `A login lies in it (${identity ?? 'whose cannot be told'}) by which no account here lives: it would be lost, and needs --lose-login.`,
  }
  return `${directory}: ${files} files, ${Math.ceil(bytes / 1024)} KiB, go with it. ${fate[login]}`
}
