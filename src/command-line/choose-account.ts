/**
 * Which account a program is run as: the one that was named, among those whose CLI it is; else the folder's, else the first
 * in the person's order. Says why.
 */

import { basename } from 'node:path'
import { accountsNamed } from '../accounts/account-named.ts'
import type { ApiAccount, ApiProvider } from './deck.ts'
import { chooseAccount } from './deck.ts'
import { CommandFailure, EXIT, usageFailure } from './exit-codes.ts'
import type { FolderFile } from './folder-file.ts'

/** What is run, and what there is to run it as: accounts and providers as the API gives them. */
export interface Launch {
  /** The program's name or path. */
  program: string
  accounts: readonly ApiAccount[]
  providers: readonly ApiProvider[]
}

/**
 * The account that was named. A CLI narrows the name to its own provider's accounts.
 *
 * Errors: CommandFailure when none or several fit, or the program is the CLI of another provider
 */
export function namedAccountFor({ program, accounts, providers }: Launch, reference: string): ApiAccount {
  const { name, own } = providersOf(program, providers)
  if (own.size === 0) return chooseAccount(accounts, reference)
  const mine = accounts.filter(({ provider }) => own.has(provider))
  const [foreign] = accountsNamed(reference, accounts)
  if (accountsNamed(reference, mine).length > 0 || !foreign) return chooseAccount(mine, reference)
  throw usageFailure(`“${reference}” is an account of ${foreign.provider}, whose CLI ${name} is not. Nothing was made.`)
}

/** An account, and the reason in words. */
export interface Choice {
  account: ApiAccount
  why: string
}

/**
 * The account where none was named.
 *
 * Shape:  what is run; the nearest folder file
 * Errors: CommandFailure when none fits, or the file names one that is not here
 */
export function accountFor({ program, accounts, providers }: Launch, file: FolderFile | null): Choice {
  const { name, own } = providersOf(program, providers)
  const named = Object.entries(file?.accounts ?? {})
  // A program that is no CLI of a provider, such as a script, can only mean the one account that the file names.
  const onlyOne = own.size === 0 && named.length === 1 ? named[0] : undefined
  const entry = named.find(([provider]) => own.has(provider)) ?? onlyOne
  if (entry && file) {
    const [provider, reference] = entry
    const mine = accounts.filter((account) => account.provider === provider)
    try {
      return { account: chooseAccount(mine, reference), why: `named in ${file.path}` }
    } catch {
      throw new CommandFailure(
        EXIT.failed,
        `${file.path} names “${reference}” for ${provider}, and no single account here has that name. Name the account: tokendeck exec ACCOUNT -- ${name} …`,
      )
    }
  }
  if (own.size === 0)
    throw usageFailure(`Which account is ${name} to be run as? Name it: tokendeck exec ACCOUNT -- ${name} …`)
  const [first] = accounts.filter((account) => own.has(account.provider) && !account.paused && isUsable(account))
  if (!first)
    throw new CommandFailure(EXIT.failed, `No account of ${name} can be used now. \`tokendeck status\` says why.`)
  return { account: first, why: `the first in your order; \`tokendeck use\` chooses one for a folder` }
}

/** The program's bare name, and the providers whose CLI it is. */
function providersOf(program: string, providers: readonly ApiProvider[]): { name: string; own: ReadonlySet<string> } {
  const name = basename(program).replace(/\.(exe|cmd)$/i, '')
  return { name, own: new Set(providers.filter(({ cli }) => cli === name).map(({ id }) => id)) }
}

function isUsable({ login, custody }: ApiAccount): boolean {
  return login.status !== 'sign_in_again' && custody !== 'none'
}
