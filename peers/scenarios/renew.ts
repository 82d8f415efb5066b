/** The CLIs renew what we wrote when it is due, we follow them, and take back the newest token when another account comes. */

import type { CliName } from '../../src/cli-credentials/credential-file.ts'
import { askCodex, claudeStatus } from '../asking.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'
import { NEARLY_DUE, until, type World } from '../world.ts'

/** What a CLI rotates is ours within this. Milliseconds. */
const FOLLOWED_WITHIN_MS = 2_000

export const renew: Scenario = {
  name: 'renew',
  title: 'what we write is renewed, and followed',
  run: withEach(
    (stage) => renews(stage, 'claude', ['ada', 'brook']),
    (stage) => renews(stage, 'codex', ['grace', 'hopper']),
  ),
}

async function renews(stage: Stage, cli: CliName, people: [string, string]): Promise<Proof[]> {
  const { all, prove } = proofs(cli)
  const world = await stage.open(cli)
  const place = world.place
  world.put(place.path, cli === 'claude' ? { mcpOAuth: { kept: 1 } } : { unknown: 7 })
  const leaving = await world.own(people[0], NEARLY_DUE)
  const coming = await world.own(people[1])
  const before = await world.heldBy(leaving.accountId)
  const activation = await world.activate(leaving.accountId)
  prove(
    'a program that would renew first is not asked who it is',
    activation.verifiedBy === 'file' && world.asked().length === 0,
    `verified by ${activation.verifiedBy}, ${world.asked().length} requests`,
  )

  const adopted = until(async () => (await world.heldBy(leaving.accountId)) !== before)
  const written = until(() => tokenIn(world, cli) !== before)
  await useIt(world, cli)
  const [adoptedMs, writtenMs] = [await adopted, await written]
  const [entry] = world.fake.ledger.of(`${cli}.refresh`)
  prove(
    'the program renews it, once',
    world.renewals(cli, people[0]) === 1 && entry?.outcome === 'granted',
    `${world.renewals(cli)} renewal, ${entry?.outcome}, by ${entry?.userAgent?.split(/[ (]/)[0]}`,
  )
  const file = world.json(place.path)
  prove(
    'what lies beside the login is kept by both of us',
    cli === 'claude' ? file.mcpOAuth?.kept === 1 : file.tokens.account_id === leaving.family.identity.organizationId,
    Object.keys(file).join(', '),
  )
  const lag = adoptedMs === null || writtenMs === null ? null : Math.max(0, adoptedMs - writtenMs)
  prove(
    'its new token is ours within 2 s of the file',
    lag !== null && lag <= FOLLOWED_WITHIN_MS && (await world.isNewest(leaving)),
    `${lag} ms`,
  )

  await world.activate(coming.accountId)
  prove(
    'after a switch the newest token is with us, and the vendor takes it',
    (await world.grantOf(leaving.accountId)).custody === 'dashboard' && (await world.isTaken(leaving)),
    (await world.grantOf(leaving.accountId)).custody,
  )
  prove(
    'no token was spent twice',
    world.spentTwice() === 0,
    `${world.spentTwice()} of ${world.renewals(cli)} renewals`,
  )
  return all
}

/** What makes a CLI renew a token that is nearly due. */
export async function useIt(world: World, cli: CliName): Promise<void> {
  if (cli === 'claude') await claudeStatus(world, world.place)
  else await askCodex(world, world.place, [['getAuthStatus', { includeToken: true, refreshToken: false }]])
}

/** The refresh token in the CLI's file. */
export function tokenIn(world: World, cli: CliName): string | null {
  const file = world.json(world.place.path)
  return (cli === 'claude' ? file.claudeAiOauth?.refreshToken : file.tokens?.refresh_token) ?? null
}
