/** Which account a command is run as when none was named: the folder's, else the first in the person's order. Says why. */

import { basename } from 'node:path'
import type { ApiAccount } from './deck.ts'
import { chooseAccount } from './deck.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import type { FolderFile } from './folder-file.ts'

/** An account, and the reason in words. */
export interface Choice {
  account: ApiAccount
  why: string
}

/**
 * The account for a program.
 *
 * Shape:  accounts as the API gives them; the program's name or path; the nearest folder file
 * Errors: CommandFailure when none fits, or the file names one that is not here
 */
export function accountFor(
  accounts: readonly ApiAccount[],
  program: string,
  file: FolderFile | null,
  providers: ReadonlySet<string> = new Set(accounts.map(({ provider }) => provider)),
): Choice {
  const name = basename(program).replace(/\.(exe|cmd)$/i, '')
  const named = Object.entries(file?.accounts ?? {})
  // A program that is no CLI of a provider, such as a script, can only mean the one account that the file names.
  const entry = named.find(([provider]) => provider === name) ?? (named.length === 1 ? named[0] : undefined)
  if (entry && file) {
    const [provider, reference] = entry
    const own = accounts.filter((account) => account.provider === provider)
    try {
      return { account: chooseAccount(own, reference), why: `named in ${file.path}` }
    } catch {
      throw new CommandFailure(
        EXIT.failed,
        `${file.path} names “${reference}” for ${provider}, and no single account here has that name. Name the account: tokendeck exec ACCOUNT -- ${name} …`,
      )
    }
  }
  if (!providers.has(name)) {
    throw new CommandFailure(
      EXIT.usage,
      `Which account is ${name} to be run as? Name it: tokendeck exec ACCOUNT -- ${name} …`,
    )
  }
  const [first] = accounts.filter((account) => account.provider === name && !account.paused && isUsable(account))
  if (!first) {
    throw new CommandFailure(EXIT.failed, `No account of ${name} can be used now. \`tokendeck status\` says why.`)
  }
  return { account: first, why: `the first in your order; \`tokendeck use\` chooses one for a folder` }
}

function isUsable({ login, custody }: ApiAccount): boolean {
  return login.status !== 'sign_in_again' && custody !== 'none'
}
