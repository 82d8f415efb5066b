/** `tokendeck key rotate`: asks for a new key, of the running dashboard or of the database itself, and tells what came of it. */

import type { CommandArguments } from '../arguments.ts'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

/** As the API has it. */
const MOST_DAYS = 3650

interface ApiKeyRotation {
  from: string
  to: string
  is_resumed: boolean
  resealed: number
  left: number
  unreadable: number
  old_key_kept_until: string | null
}

/** Errors: CommandFailure; refusals of the configuration, the database or the key */
export async function rotate(
  openDeck: () => Promise<Deck>,
  options: CommandArguments['options'],
  io: CommandIo,
): Promise<number> {
  const choice = { ...keptDays(options), others_are_stopped: Boolean(options['others-stopped']) }
  const deck = await openDeck()
  try {
    const rotation = await deck.call<ApiKeyRotation>('POST', '/api/key-rotations', choice)
    tell(rotation, io, Boolean(options.json))
    return rotation.left === 0 ? EXIT.done : EXIT.tryLater
  } finally {
    await deck.close()
  }
}

function keptDays(options: CommandArguments['options']): { keep_old_key_days?: number | null } {
  const days = options['keep-days']
  if (options['keep-old-key']) {
    if (days !== undefined) throw usageFailure('Say --keep-days or --keep-old-key, not both.')
    return { keep_old_key_days: null }
  }
  if (days === undefined) return {}
  if (typeof days !== 'string' || !/^\d{1,4}$/.test(days) || Number(days) > MOST_DAYS)
    throw usageFailure(`--keep-days takes a whole number of days, from 0 to ${MOST_DAYS}.`)
  return { keep_old_key_days: Number(days) }
}

function tell(rotation: ApiKeyRotation, io: CommandIo, isJson: boolean): void {
  const { from, to, resealed, left, unreadable } = rotation
  const count = `${resealed} ${resealed === 1 ? 'value was' : 'values were'} sealed anew`
  if (isJson) io.out(json(rotation))
  if (rotation.is_resumed) {
    if (!isJson) io.out(`The rotation from ${from} to ${to} had been cut off. It was finished: ${count}.\n`)
    io.say('No new key was made. Say `tokendeck key rotate` again for one.')
  } else if (!isJson) {
    io.out(`The key is ${to} now, in place of ${from}: ${count}.\n`)
  }
  const waiting = left - unreadable
  if (waiting > 0)
    io.say(
      `${waiting} more are being used at this moment. The running dashboard, or its next start, takes care of them.`,
    )
  if (unreadable > 0)
    io.say(`${unreadable} sealed values do not open with any key. They were left as they are, and ${from} is kept.`)
  io.say(
    rotation.old_key_kept_until === null
      ? `The old key is kept, for backups that were made before.`
      : `The old key is destroyed at the first start after ${rotation.old_key_kept_until.slice(0, 16).replace('T', ' ')} UTC; copies of the database from before do not open after that, and those in \`backups\` are deleted with it.`,
  )
  io.say(
    'A recovery kit of the old key is of no use for this database any more. Make a new one: `tokendeck key export`.',
  )
}
