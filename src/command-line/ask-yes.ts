/** Asks a person for a yes. Whoever cannot be asked, a script, has said it by calling the command. */

import type { CommandIo } from './command.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/**
 * Asks, and goes on after a yes.
 *
 * Shape:  → true when a person said yes; false where nobody could be asked
 * Errors: CommandFailure with `otherwise` for every other answer
 */
export async function askYes(io: CommandIo, question: string, otherwise: string): Promise<boolean> {
  const answer = await io.ask(`${question} [y/N] `)
  if (answer !== null && !/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failed, otherwise)
  return answer !== null
}
