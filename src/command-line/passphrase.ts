/** Passphrases of files that are kept apart: asked for on the terminal, unseen, or the first line of standard input. */

import { LEAST_PASSPHRASE_CHARACTERS } from '../lib/passphrase-length.ts'
import { Secret } from '../lib/secret.ts'
import type { CommandIo } from './command.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/**
 * A passphrase for a new file: `what` names the file, and `otherwise` says what did not happen.
 *
 * Errors: CommandFailure when it is too short, mistyped or not given
 */
export async function newPassphrase(
  io: CommandIo,
  { what, otherwise }: { what: string; otherwise: string },
): Promise<Secret> {
  const passphrase = io.isTerminal ? await askTwice(io, what, otherwise) : firstLine(await io.readInput()).passphrase
  if (passphrase.reveal().length >= LEAST_PASSPHRASE_CHARACTERS) return passphrase
  throw new CommandFailure(
    EXIT.failed,
    `The passphrase needs at least ${LEAST_PASSPHRASE_CHARACTERS} characters. ${otherwise}`,
  )
}

async function askTwice(io: CommandIo, what: string, otherwise: string): Promise<Secret> {
  const passphrase = await askPassphrase(io, `Passphrase for ${what}: `)
  const again = await askPassphrase(io, 'The same once more: ')
  if (!passphrase.equals(again)) throw new CommandFailure(EXIT.failed, `The two are not the same. ${otherwise}`)
  return passphrase
}

/** Asks on the terminal. Errors: CommandFailure when the person gave up */
export async function askPassphrase(io: CommandIo, question: string): Promise<Secret> {
  const answer = await io.askHidden(question)
  if (answer === null) throw new CommandFailure(EXIT.failed, 'Given up. Nothing was changed.')
  return new Secret(answer)
}

/** The passphrase that input begins with, and what follows it. */
export function firstLine(input: string): { passphrase: Secret; rest: string } {
  const [line = '', ...rest] = input.split('\n')
  return { passphrase: new Secret(line.replace(/\r$/, '')), rest: rest.join('\n') }
}
