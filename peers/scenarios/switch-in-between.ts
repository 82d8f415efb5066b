/**
 * A switch in the middle of a CLI's renewal. Claude Code holds its locks throughout, so we wait and keep what it finds. Codex
 * holds none while it asks, so we give it some time; an answer that comes later still is dropped by codex itself, which cannot
 * be helped, and then we say what is not certain.
 */

import { getAccount } from '../../src/accounts/list-accounts.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'
import { NEARLY_DUE, until } from '../world.ts'
import { tokenIn, useIt } from './renew.ts'

/** The vendor has done its work; its answer takes this long. */
const ANSWER_MS = 3_000
/** Longer than we wait for a program that holds no lock. */
const LATE_ANSWER_MS = 13_000

export const switchInBetween: Scenario = {
  name: 'switch',
  title: 'a switch during a renewal',
  run: withEach(claude, codex),
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  const world = await stage.open('claude')
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
  prove(
    'the vendor takes it, and none was spent twice',
    (await world.isTaken(ada)) && world.spentTwice() === 0,
    'taken',
  )
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const { world, grace, hopper, waited } = await switchWhileCodexRenews(stage, ANSWER_MS)
  prove(
    'the file is the other account’s',
    tokenIn(world, 'codex') === (await world.heldBy(hopper.accountId)),
    `switched in ${waited} ms, answer after ${ANSWER_MS}`,
  )
  const grant = await world.grantOf(grace.accountId)
  prove(
    'we wait for what it was given, and that is with us',
    (await world.isNewest(grace)) && grant.custody === 'dashboard' && grant.suspectAt === null,
    `generation ${grant.generation}, custody ${grant.custody}`,
  )
  prove(
    'the vendor takes it, and none was spent twice',
    (await world.isTaken(grace)) && world.spentTwice() === 0,
    'taken',
  )

  const late = await switchWhileCodexRenews(stage, LATE_ANSWER_MS)
  const { login } = await getAccount(late.world.context, late.grace.accountId)
  prove(
    'an answer that comes too late does not touch the other account’s file',
    tokenIn(late.world, 'codex') === (await late.world.heldBy(late.hopper.accountId)),
    `switched in ${late.waited} ms, answer after ${LATE_ANSWER_MS}`,
  )
  prove(
    'it is lost by the program, and we say that ours is not certain',
    !(await late.world.isNewest(late.grace)) && login.status === 'unknown_outcome',
    login.status,
  )
  prove('the other account is whole', await late.world.isNewest(late.hopper), 'its token is the newest')
  prove('we have spent no token a second time', late.world.spentTwice() === 0, `${late.world.spentTwice()}`)
  return all
}

async function switchWhileCodexRenews(stage: Stage, answerMs: number) {
  const world = await stage.open('codex')
  const grace = await world.own('grace', NEARLY_DUE)
  const hopper = await world.own('hopper')
  await world.activate(grace.accountId)
  world.fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'delay', ms: answerMs, after: true } })
  const using = useIt(world, 'codex')
  await until(() => world.renewals('codex') === 1)
  const startedAt = performance.now()
  await world.activate(hopper.accountId)
  const waited = Math.round(performance.now() - startedAt)
  await using
  return { world, grace, hopper, waited }
}
