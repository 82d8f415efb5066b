/** `tokendeck use`: the account of a folder, for `exec` without a name. */

import type { Command } from '../command.ts'
import { type ApiAccount, chooseAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { type FolderFile, nearestFolderFile, writeFolderFile } from '../folder-file.ts'
import { json } from '../output.ts'

export const command: Command = {
  usage: ['ACCOUNT [--json]', '--none PROVIDER [--json]', '[--json]'],
  about:
    'Writes .tokendeck.toml in this folder, so that `tokendeck exec -- claude` uses that account here and below. The file holds the account’s label, or its id where it has none: no e-mail and no secret, so it may be committed. Without ACCOUNT: says what is chosen here.',
  options: {
    none: { type: 'string', about: 'take the account of this provider out of the file again' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, directory, openDeck }) {
    if (positionals.length > 1 || (options.none && positionals.length > 0)) throw usageFailure('Name one account.')
    if (typeof options.none === 'string') {
      const path = await writeFolderFile(directory(), options.none, null)
      if (options.json) io.out(fileJson(await nearestFolderFile(directory())))
      else io.say(`${path} names no account of ${options.none} now.`)
      return EXIT.done
    }
    const [reference] = positionals
    if (reference === undefined) {
      const file = await nearestFolderFile(directory())
      if (options.json) io.out(fileJson(file))
      else if (file === null) io.say('No account is chosen here. `tokendeck use ACCOUNT` chooses one.')
      else for (const [provider, name] of Object.entries(file.accounts)) io.out(`${provider}\t${name}\t${file.path}\n`)
      return EXIT.done
    }
    const deck = await openDeck()
    try {
      const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
      const account = chooseAccount(accounts, reference)
      const path = await writeFolderFile(directory(), account.provider, nameFor(account, accounts))
      if (options.json) io.out(fileJson(await nearestFolderFile(directory())))
      else io.say(`${path}: ${account.provider} is ${account.label ?? account.email ?? account.id} here and below.`)
      if (account.label === null)
        io.say('It has no label, so the file holds its id, which only this machine knows. Give it a label to share it.')
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/** Which file counts here, and whom it names by provider. */
function fileJson(file: FolderFile | null): string {
  return json({ file: file?.path ?? null, accounts: file?.accounts ?? {} })
}

/** The label where only this account of its provider has it, else the id. An e-mail is nobody else's business. */
function nameFor(account: ApiAccount, accounts: readonly ApiAccount[]): string {
  const { label, provider } = account
  if (label === null) return account.id
  const lower = label.toLowerCase()
  const same = accounts.filter((each) => each.provider === provider && each.label?.toLowerCase() === lower)
  if (same.length > 1)
    throw new CommandFailure(EXIT.failed, `${same.length} accounts of ${provider} have the label “${label}”.`)
  return label
}
