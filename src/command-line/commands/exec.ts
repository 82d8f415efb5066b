/**
 * `tokendeck exec`: runs a CLI, unmodified, as one account. Everything is settled before it starts; while it runs, nothing
 * of ours is held open.
 */

import { accountFor, namedAccountFor } from '../choose-account.ts'
import type { Command, CommandIo } from '../command.ts'
import type { ApiAccount, ApiProvider, Deck } from '../deck.ts'
import { usageFailure } from '../exit-codes.ts'
import { nearestFolderFile } from '../folder-file.ts'
import { runInPlace } from '../run-program.ts'
import { readShared } from '../shared-kinds.ts'

/** As the API gives it. */
export interface ApiEnvironment {
  account_id: string
  account_name: string
  provider: string
  directory: string | null
  set: Record<string, string>
  unset: string[]
  token_variable: string
}

export const command: Command = {
  usage: ['[ACCOUNT] [--share KINDS] -- PROGRAM [ARGUMENT…]'],
  about:
    'Runs a CLI as one account, in a profile of its own: two terminals with two accounts never touch each other. An account that Tokendeck itself holds gets a profile first, and its CLI refreshes it from then on. Without ACCOUNT, the nearest .tokendeck.toml names it, else the first usable one in your order is taken. The exit code is the program’s.',
  options: {
    share: {
      type: 'string',
      about: 'what the profile shares with the main home: settings,instructions,commands,agents,skills,history or none',
    },
  },
  async run({ arguments: { positionals, options, separatorAt }, io, environment: given, directory, openDeck }) {
    if (separatorAt === undefined || separatorAt > 1 || positionals.length === separatorAt)
      throw usageFailure('Write the program after two dashes: `tokendeck exec ACCOUNT -- claude`.')
    const reference = separatorAt === 1 ? positionals[0]! : null
    const program = positionals.slice(separatorAt)
    const shared = readShared(options.share)
    // Opening the deck narrows both for us; the program is given them as they were.
    const own = { ...given }
    const mask = process.umask()
    const deck = await openDeck()
    let environment: ApiEnvironment
    try {
      environment = await prepare(
        deck,
        io,
        await choose(deck, io, { reference, program: program[0]!, directory }),
        shared,
      )
    } finally {
      // The program may run for days: whoever comes next must not wait for the database.
      await deck.close()
    }
    process.umask(mask)
    return await runInPlace(program, applied(environment, own, io))
  },
}

async function choose(
  deck: Deck,
  io: CommandIo,
  { reference, program, directory }: { reference: string | null; program: string; directory: () => string },
): Promise<Pick<ApiAccount, 'id'>> {
  const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
  const launch = { program, accounts, providers: await deck.call<ApiProvider[]>('GET', '/api/providers') }
  if (reference !== null) return namedAccountFor(launch, reference)
  const { account, why } = accountFor(launch, await nearestFolderFile(directory()))
  io.say(`Account: ${account.label ?? account.email ?? account.id} (${why}).`)
  return account
}

/** The environment of the account; its profile is made when no CLI holds its login yet. */
async function prepare(
  deck: Deck,
  io: CommandIo,
  { id }: Pick<ApiAccount, 'id'>,
  shared: string[] | null,
): Promise<ApiEnvironment> {
  const address = `/api/accounts/${id}/environment`
  if (shared === null) {
    const ready = await deck.call<ApiEnvironment>('GET', address)
    if (ready.directory !== null) return ready
  }
  const profile = await deck.call<{ directory: string }>('POST', `/api/accounts/${id}/profile`, {
    ...(shared === null ? {} : { shared }),
  })
  if (shared === null) {
    io.say(`Made the profile ${profile.directory}: its CLI holds and refreshes this login from now on.`)
    io.say('`tokendeck profiles remove` gives it back to Tokendeck.')
  }
  return await deck.call<ApiEnvironment>('GET', address)
}

/** Our environment with the account's variables; those that would outrank its login are left out, and that is said. */
function applied(
  { set, unset }: ApiEnvironment,
  own: Readonly<Record<string, string | undefined>>,
  io: CommandIo,
): Record<string, string> {
  const removed = unset.filter((name) => own[name])
  if (removed.length > 0) io.say(`Left out of its environment, since the CLI would prefer it: ${removed.join(', ')}.`)
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && !unset.includes(name))
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...set }
}
