/**
 * A program that takes the locks of a place, as another process would: what the proof of exclusion starts.
 *
 * Shape: `lock-program.ts claude|codex <directory> hold` says `held` and keeps them until it is killed;
 *   `… count <file> <times>` adds one to the number in a file so often, each time under the locks
 */

import { readFileSync, writeFileSync } from 'node:fs'
import type { CliName } from '../cli-credentials/credential-file.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { lockPlace } from '../cli-credentials/place-lock.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'

const [cli, directory = '', act, file = '', times] = process.argv.slice(2)
const place = profilePlace(cli as CliName, 'any', directory)
const take = () =>
  lockPlace(place, { clock: systemClock, random: systemRandom, waitMs: 60_000, owner: `tokendeck ${process.pid}` })

if (act === 'hold') {
  await take()
  process.stdout.write('held\n')
  await systemClock.sleep(600_000)
}
for (let turn = 0; turn < Number(times ?? 0); turn++) {
  const lock = await take()
  const count = Number(readFileSync(file, 'utf8'))
  await systemClock.sleep(1)
  writeFileSync(file, String(count + 1))
  await lock.release()
}
