/** A sign-in that the program does itself in a fresh profile, driven as the dashboard drives it. */

import { beginAuthorization, getAuthorization } from '../../src/accounts/authorizations.ts'
import type { CliName } from '../../src/cli-credentials/credential-file.ts'
import { profilePlace } from '../../src/cli-credentials/credential-places.ts'
import { startCliSignIn, tellCliCode, viewCliSignIn } from '../../src/switching/profile-sign-in.ts'
import { askCodex, claudeStatus } from '../asking.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'
import { until, type World } from '../world.ts'

export const signIn: Scenario = {
  name: 'sign-in',
  title: 'a sign-in through the program',
  run: withEach(claude, codex),
}

async function begin(world: World, provider: CliName) {
  const { context } = world
  const { id, profilePath } = await beginAuthorization(context, {
    ...{ provider, method: 'cli_profile', browser: null, actor: 'api' },
  })
  await startCliSignIn(context, id)
  const view = async () => (await viewCliSignIn(context, await getAuthorization(context, id)))!
  return { id, place: profilePlace(provider, provider, profilePath!), view }
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  // The whole address instead of its short form, which the fake provider cannot read; only the person's own way would differ.
  const world = await stage.open('claude', { variables: { CLAUDE_CODE_FULL_SIGN_IN_LINK: '1' } })
  const { id, place, view } = await begin(world, 'claude')
  await until(async () => (await view()).address !== null)
  const { address, lines, takesCode } = await view()
  prove(
    'its address is found in what it says',
    address !== null,
    address ? URL.parse(address)?.host : lines.join(' / ').slice(0, 160),
  )
  prove('a code can be told to it', takesCode, takesCode ? 'yes' : 'no')
  if (address === null) return all
  const { shown } = await world.fake.consent(address, 'carol')
  tellCliCode(world.context, id, shown)
  all.push(...(await follow(world, 'claude', id, place, 'carol', view)))

  const usual = await stage.open('claude')
  const short = await begin(usual, 'claude')
  await until(async () => (await short.view()).address !== null)
  const host = URL.parse((await short.view()).address ?? '')?.host
  prove('its usual, short address is found as well', host === 'claude.ai', host)
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const world = await stage.open('codex')
  const { id, place, view } = await begin(world, 'codex')
  await until(async () => (await view()).code !== null)
  const { address, code, lines } = await view()
  prove(
    'its address and code are found in what it says',
    address !== null && code !== null,
    code === null ? lines.join(' / ').slice(0, 160) : `${address}, a code`,
  )
  if (code === null) return all
  await world.fake.approveDevice(code, 'grace')
  all.push(...(await follow(world, 'codex', id, place, 'grace', view)))
  if (all.some(({ isTrue }) => !isTrue)) return all

  const own = () => {
    const { oauth_provenance: provenance, login_owner_id: owner } = world.json(place.path).tokens
    return { provenance, owner }
  }
  const before = own()
  prove(
    'it keeps a provenance and an owner of its own',
    before.provenance !== undefined && before.owner !== undefined,
    Object.keys(before.provenance ?? {}).join(', '),
  )
  const { completedAccountId: accountId } = await getAuthorization(world.context, id)
  const hopper = await world.own('hopper')
  await world.activate(hopper.accountId, place.directory)
  const between = own()
  prove(
    'another account in its place gets neither',
    between.provenance === undefined && between.owner === undefined,
    'absent',
  )
  await world.activate(accountId!, place.directory)
  prove('and both come back with their own account', JSON.stringify(own()) === JSON.stringify(before), 'the same')
  // Codex refuses in silence to renew a login of another provenance.
  const [read] = await askCodex(world, place, [['account/read', { refreshToken: true }]])
  prove(
    'with which the program renews',
    world.renewals('codex', 'grace') === 1 && read?.account?.email === 'grace@example.com',
    `${world.renewals('codex', 'grace')} renewal`,
  )
  prove('no token was spent twice', world.spentTwice() === 0, `${world.spentTwice()}`)
  return all
}

/** To its end: the account is there, in the program's custody. */
async function follow(
  world: World,
  cli: CliName,
  id: string,
  place: ReturnType<typeof profilePlace>,
  name: string,
  view: Awaited<ReturnType<typeof begin>>['view'],
): Promise<Proof[]> {
  const { all, prove } = proofs(cli)
  const ms = await until(async () => (await getAuthorization(world.context, id)).status === 'complete')
  const { completedAccountId: accountId, status } = await getAuthorization(world.context, id)
  prove(
    'the sign-in is complete by itself',
    ms !== null,
    ms === null ? `${status}: ${(await view()).lines.join(' / ').slice(0, 200)}` : `${ms} ms after the consent`,
  )
  if (accountId === null) return all
  const grant = await world.grantOf(accountId)
  prove('the program holds the login', grant.custody === 'cli' && grant.credentialPath === place.path, grant.custody)
  const email = world.fake.person(name).email
  const said =
    cli === 'claude'
      ? (await claudeStatus(world, place)).email
      : (await askCodex(world, place, [['account/read', { refreshToken: false }]]))[0]?.account?.email
  prove('and names the account in its profile', said === email, String(said))
  await until(async () => (await view()).state === 'ended')
  const { end, exitCode } = await view()
  prove('it has ended well', end === 'exited' && exitCode === 0, `${end} ${exitCode}`)
  return all
}
