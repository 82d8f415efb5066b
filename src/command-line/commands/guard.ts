/** `tokendeck guard`: ends with 0 only when an account's limits have room, for scripts that start costly work. */

import { relativeText } from '../../messages/instants.ts'
import { limitsEn } from '../../messages/ui-en-limits.ts'
import type { Command } from '../command.ts'
import { type Deck, findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'
import { type ApiUsage, isForNow, isUnknowable, judgeRoom, type Room, type RoomWish, waitForRoom } from '../room.ts'

const UNKNOWN = {
  never_read: 'The limits of this account were never read',
  old: 'The last reading of this account’s limits is too old',
  no_such_window: 'This account has no such window',
  window_unknown: 'How full a window is, is not known',
}

export const command: Command = {
  usage: ['ACCOUNT --max-percent N [--window WINDOW] [--wait] [--json]'],
  about:
    'Ends with 0 when less than N percent of every limit is used, and with nothing else but that: 4 when one is fuller ' +
    'or the limits may be read only later, 1 when they are not known, 3 when the account needs a new sign-in. ' +
    'Switches nothing.',
  options: {
    'max-percent': { type: 'string', about: 'room means that less than this is used, 1 to 100' },
    window: { type: 'string', about: 'look at this window only: session, weekly, monthly, an id or a name' },
    wait: { type: 'boolean', about: 'wait until the full windows start anew, then look again' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, clock, openDeck }) {
    const [reference, surplus] = positionals
    if (reference === undefined || surplus !== undefined)
      throw usageFailure('Name one account: `tokendeck guard ACCOUNT --max-percent N`.')
    const wish = wishOf(options)
    // Not held open while waiting: other commands want the database too.
    const look = async () => {
      const deck = await openDeck()
      try {
        return await lookAt(deck, reference, wish)
      } finally {
        await deck.close()
      }
    }
    const say = (room: Room, until: number) =>
      io.say(`${words(room)}. Waiting, ${relativeText('en', until, clock.now())} it is looked at again.`)
    const room = options.wait ? await waitForRoom(look, clock, say) : await look()
    if (options.json) io.out(json(roomJson(room)))
    if (room.kind === 'room') return EXIT.done
    io.say(`${words(room)}.`)
    return isForNow(room) ? EXIT.tryLater : EXIT.failed
  },
}

function wishOf(options: Record<string, string | boolean | undefined>): RoomWish {
  const percent = String(options['max-percent'] ?? '')
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(percent) || Number(percent) < 1 || Number(percent) > 100)
    throw usageFailure('--max-percent takes a number from 1 to 100, such as 80.')
  return { maxPercent: Number(percent), window: options.window === undefined ? null : String(options.window) }
}

/** What was read last will do while it is young; else the limits are read now. */
async function lookAt(deck: Deck, reference: string, wish: RoomWish): Promise<Room> {
  const account = await findAccount(deck, reference)
  const every = await deck.call<ApiUsage[]>('GET', '/api/usage')
  const known = every.find((usage) => usage.account_id === account.id)
  const room = known ? judgeRoom(known, wish) : null
  if (room !== null && (room.kind !== 'unknown' || isUnknowable(room))) return room
  const reading = await deck.call<ApiReading>('POST', `/api/accounts/${account.id}/usage-readings`, {})
  if (reading.code === 'reauthorization_required') {
    throw new CommandFailure(EXIT.signInAgain, 'The login of this account has ended. Sign in again.')
  }
  const judged = judgeRoom(reading.usage, wish)
  if (judged.kind !== 'unknown' || reading.code === null) return judged
  const retryAt = reading.retry_at === null ? null : Date.parse(reading.retry_at)
  return { ...judged, failure: { code: reading.code, retryAt } }
}

interface ApiReading {
  code: string | null
  retry_at: string | null
  usage: ApiUsage
}

/** `limits`: room, full or unknown; `reason` a stable code of why they are not known. */
function roomJson(room: Room) {
  const until = room.kind === 'full' ? room.until : room.kind === 'unknown' ? (room.failure?.retryAt ?? null) : null
  return {
    limits: room.kind,
    windows: room.kind === 'full' ? room.windows : [],
    until: until === null ? null : new Date(until).toISOString(),
    reason: room.kind === 'unknown' ? (room.failure?.code ?? room.why) : null,
  }
}

function words(room: Room): string {
  if (room.kind === 'room') return 'There is room'
  if (room.kind === 'unknown')
    return room.failure ? `${UNKNOWN[room.why]}. ${because(room.failure.code)}` : UNKNOWN[room.why]
  const full = room.windows.map(
    ({ label, kind, used_fraction }) => `${label ?? kind} ${Math.round((used_fraction ?? 0) * 100)} %`,
  )
  return `No room: ${full.join(', ')} used`
}

function because(code: string): string {
  const { outcomes } = limitsEn.limits
  const sentence = Object.hasOwn(outcomes, code) ? outcomes[code]! : `They could not be read (${code})`
  return sentence.replace(/\.$/, '')
}
