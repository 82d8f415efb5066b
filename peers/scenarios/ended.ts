/** A login that the provider has ended: what the CLIs make of it, and what we understand. */

import { getAccount, listAccounts } from '../../src/accounts/list-accounts.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'
import { NEARLY_DUE, until } from '../world.ts'
import { tokenIn, useIt } from './renew.ts'

export const ended: Scenario = {
  name: 'ended',
  title: 'a login that the provider ended',
  run: withEach(claude, codex),
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  const world = await stage.open('claude')
  const ada = await world.own('ada', NEARLY_DUE)
  await world.activate(ada.accountId)
  ada.family.revokedAt = Date.now()
  await useIt(world, 'claude')
  prove('the program blanks its file', tokenIn(world, 'claude') === '', JSON.stringify(tokenIn(world, 'claude')))
  const status = async () => (await getAccount(world.context, ada.accountId)).login
  const ms = await until(async () => (await status()).status === 'sign_in_again', 5_000)
  prove('we see that it must be signed in again', ms !== null, `${(await status()).reason.code}, after ${ms} ms`)
  const accounts = await listAccounts(world.context)
  prove('and take the blank for no account', accounts.length === 1, `${accounts.length} account`)
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const world = await stage.open('codex')
  const grace = await world.own('grace', NEARLY_DUE)
  await world.activate(grace.accountId)
  const before = tokenIn(world, 'codex')
  grace.family.revokedAt = Date.now()
  await useIt(world, 'codex')
  prove('the program leaves its file alone', tokenIn(world, 'codex') === before, 'unchanged')
  const outcomes = world.fake.ledger.of('codex.refresh').map(({ outcome }) => outcome)
  prove('it asked, and we did not', world.renewals('codex') >= 1, outcomes.join(', '))
  return all
}
