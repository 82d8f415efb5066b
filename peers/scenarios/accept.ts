/** The CLIs accept what we write: they name the right account, in its place and in a profile, and what is beside it stays. */

import { askCodex, claudeStatus } from '../asking.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'

export const accept: Scenario = {
  name: 'accept',
  title: 'what we write is accepted',
  run: withEach(claude, codex),
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  const world = await stage.open('claude')
  const place = world.place
  world.put(place.path, { mcpOAuth: { 'a|1': { accessToken: 'mcp-FAKE' } }, unknown: 7 })
  const ada = await world.own('ada')
  const brook = await world.own('brook')
  for (const { accountId, family } of [ada, brook]) {
    const { email, organizationId } = family.identity
    const activation = await world.activate(accountId)
    prove(
      `activating ${family.identity.name} is verified by the program`,
      activation.verifiedBy === 'cli' && activation.verifiedAs === email,
      `${activation.verifiedBy}: ${activation.verifiedAs}`,
    )
    const status = await claudeStatus(world, place)
    prove(
      'auth status names the account and its organisation',
      status.isLoggedIn === true && status.email === email && status.organizationId === organizationId,
      `${status.email}, ${status.method}`,
    )
  }
  const file = world.json(place.path)
  prove(
    'mcpOAuth and an unknown key outlive two switches and the program',
    file.mcpOAuth?.['a|1']?.accessToken === 'mcp-FAKE' && file.unknown === 7,
    Object.keys(file).join(', '),
  )
  prove('nothing was renewed', world.renewals('claude') === 0, `${world.renewals('claude')} renewals`)
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const world = await stage.open('codex')
  const place = world.place
  world.put(place.path, { unknown: 7 })
  const owned = [await world.own('grace'), await world.own('hopper')]
  for (const { accountId, family } of owned) {
    const activation = await world.activate(accountId)
    prove(
      `activating ${family.identity.name} is verified by the program`,
      activation.verifiedBy === 'cli' && activation.verifiedAs === family.identity.email,
      `${activation.verifiedBy}: ${activation.verifiedAs}`,
    )
    const [read, status] = await askCodex(world, place, [
      ['account/read', { refreshToken: false }],
      ['getAuthStatus', { includeToken: true, refreshToken: false }],
    ])
    prove(
      'account/read names the account, getAuthStatus hands its token out',
      read?.account?.email === family.identity.email && status?.authToken === family.pairs.at(-1)!.accessToken,
      `${read?.account?.email ?? JSON.stringify(read)}, ${status?.authMethod}`,
    )
  }
  prove('an unknown key outlives the switches', world.json(place.path).unknown === 7, 'kept')
  prove('nothing was renewed', world.renewals('codex') === 0, `${world.renewals('codex')} renewals`)
  return all
}
