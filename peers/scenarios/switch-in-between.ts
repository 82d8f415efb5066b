/**
 * A switch in the middle of a CLI's renewal. Claude Code holds its locks throughout, so we wait and keep what it finds. Codex
 * holds none while it asks: its answer can come too late for its file, and then it is lost; what is shown is that nobody is
 * written over, nobody's login is ended by us, and we say what is not certain.
 */

import { getAccount } from '../../src/accounts/list-accounts.ts'
import { refreshGrant } from '../../src/accounts/refresh-grant.ts'
import { type Proof, proofs, type Scenario, type Stage } from '../scenario.ts'
import { NEARLY_DUE, until } from '../world.ts'
import { tokenIn, useIt } from './renew.ts'

/** The vendor has done its work; its answer takes this long. */
const ANSWER_MS = 3_000

export const switchInBetween: Scenario = {
  name: 'switch',
  title: 'a switch during a renewal',
  run: async (stage) => [...(await claude(stage)), ...(await codex(stage))],
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  const world = await stage.open()
  const ada = await world.own('ada', NEARLY_DUE)
  const brook = await world.own('brook')
  await world.activate(ada.accountId)
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: ANSWER_MS, after: true } })
  const using = useIt(world, 'claude')
  await until(() => world.renewals('claude') === 1)
  const startedAt = performance.now()
  await world.activate(brook.accountId)
  const waited = Math.round(performance.now() - startedAt)
  await using
  prove('our switch waits for the program’s locks', waited > ANSWER_MS / 2, `${waited} ms, answer after ${ANSWER_MS}`)
  prove(
    'the file is the other account’s',
    tokenIn(world, 'claude') === (await world.heldBy(brook.accountId)),
    world.json(world.claudeJson).oauthAccount?.emailAddress,
  )
  const grant = await world.grantOf(ada.accountId)
  prove(
    'the token that it was given in the meantime is with us',
    (await world.isNewest(ada)) && grant.custody === 'dashboard',
    `generation ${grant.generation}, custody ${grant.custody}`,
  )
  const { outcome } = await refreshGrant(world.context, ada.accountId, { purpose: 'requested', actor: 'api' })
  prove('and works; none was spent twice', world.spentTwice() === 0 && (await world.isNewest(ada)), outcome)
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const world = await stage.open()
  const grace = await world.own('grace', NEARLY_DUE)
  const hopper = await world.own('hopper')
  await world.activate(grace.accountId)
  world.fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'delay', ms: ANSWER_MS, after: true } })
  const using = useIt(world, 'codex')
  await until(() => world.renewals('codex') === 1)
  const startedAt = performance.now()
  await world.activate(hopper.accountId)
  const waited = Math.round(performance.now() - startedAt)
  await using
  prove(
    'the file is the other account’s, and stays so when the answer comes',
    tokenIn(world, 'codex') === (await world.heldBy(hopper.accountId)),
    `switched in ${waited} ms`,
  )
  const grant = await world.grantOf(grace.accountId)
  const { login } = await getAccount(world.context, grace.accountId)
  prove(
    'its lost answer is not taken for certain by us',
    (await world.isNewest(grace)) || grant.suspectAt !== null,
    `${(await world.isNewest(grace)) ? 'newest' : 'the program lost it'}; we say ${login.status}`,
  )
  prove('the other account is whole', await world.isNewest(hopper), 'its token is the newest')
  prove('we have spent no token a second time', world.spentTwice() === 0, `${world.spentTwice()}`)
  return all
}
