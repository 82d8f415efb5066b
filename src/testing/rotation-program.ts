/**
 * A program that does nothing but rotate keys over a database with every kind of sealed row, and tells whether it could
 * read all of them first: what the proof of killed rotations starts and kills.
 *
 * Shape: `rotation-program.ts fill COUNT | spool COUNT | look | once | rotate | check`, in the environment of a dashboard → lines on standard output
 */

import { finishKeyRotations, rotateKey } from '../accounts/rotate-key.ts'
import { openContext } from '../compose.ts'
import { readConfig } from '../config.ts'
import { countSealedRows } from '../db/sealed-row-store.ts'
import { systemClock } from '../lib/clock.ts'
import { openLogOutput } from '../lib/log-output.ts'
import { countReadable, fillSealed, fillSpool } from './sealed-rows.ts'

const [act, count] = process.argv.slice(2)
const log = openLogOutput({ level: 'error', format: 'text', clock: systemClock })
const pages = { styleSheet: '', render: () => '' }
const { context, close } = await openContext(readConfig(process.env), {
  ...{ log, pages, dashboardUrl: () => '', waitMs: 5_000 },
})
const say = (line: string) => process.stdout.write(`${line}\n`)

if (act === 'fill') await fillSealed(context, Number(count))
if (act === 'spool') fillSpool(context, Number(count))
say(`read ${JSON.stringify(await countReadable(context))}`)
if (act === 'once') {
  const started = systemClock.monotonic()
  const { from, to, isResumed } = await rotateKey(context, { keepMs: 0, othersAreStopped: false, actor: 'cli' })
  say(`rotated ${from} ${to} ${isResumed}`)
  say(`took ${systemClock.monotonic() - started}`)
}
if (act === 'check') {
  await finishKeyRotations(context, { isStart: true })
  const former = context.keys.former()
  const old = await Promise.all(former.map(({ id }) => countSealedRows(context.database, id)))
  say(`read ${JSON.stringify(await countReadable(context))}`)
  say(`end ${JSON.stringify({ key: context.vault.keyId, former: former.length, old: old.reduce((a, b) => a + b, 0) })}`)
}
// A run whose kill does not come, because whoever sends it has ended, ends by itself.
const parent = process.ppid
while (act === 'rotate' && process.ppid === parent) {
  const { from, to, isResumed } = await rotateKey(context, { keepMs: 0, othersAreStopped: false, actor: 'cli' })
  say(`rotated ${from} ${to} ${isResumed}`)
  await finishKeyRotations(context, { isStart: true })
}
await close()
process.exit(0)
