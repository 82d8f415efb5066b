/** Who holds copies, where several machines share a database. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { saveCredentialFile } from '../db/credential-file-store.ts'
import { keepCopies, listKnownCopies } from '../db/grant-copy-store.ts'
import { noteMachine } from '../db/machine-store.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily } from '../testing/fake-grants.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson } from '../testing/fake-tokens.ts'
import type { AccountsContext } from './context.ts'
import { custodyMap } from './custody-map.ts'
import { createCredentialFollower } from './follow-credentials.ts'
import { MACHINE_AWAY_MS } from './held-copies.ts'
import { linkAccount } from './link-account.ts'
import { getAccount } from './list-accounts.ts'

let machine: CliMachine
let context: AccountsContext

beforeEach(async () => {
  machine = await createCliMachine()
  context = machine.context
})
afterEach(() => machine.close())

const actor = 'browser' as const
const look = () => machine.settled(createCredentialFollower(context).check())
const map = (id: string) => custodyMap(context, id)
const ownership = async (id: string) => (await getAccount(context, id)).ownership
const textOf = (family: FakeFamily) => claudeCredentialsJson({ family, pair: currentPair(family) })

/** Ada, signed in here: a family of tokens of our own. */
async function ada(): Promise<{ id: string; family: FakeFamily }> {
  const { accountId, family } = await connectPerson(machine.world, 'ada', { context })
  return { id: accountId, family }
}

describe('two machines with one database', () => {
  const laptop = { id: 'mac_laptop', name: 'laptop' }
  let there: AccountsContext

  beforeEach(async () => {
    context = { ...context, machine: { id: 'mac_desk', name: 'desk' } }
    there = { ...context, machine: laptop }
    await noteMachine(context.database, context.machine!, machine.world.clock.now())
    await noteMachine(context.database, laptop, machine.world.clock.now())
  })

  /** What the other machine's own follower would leave. */
  async function seenThere(id: string, state: 'live' | 'blanked'): Promise<void> {
    const { refreshTokenFingerprint: ours, id: grantId } = await currentGrant(context, id)
    const refreshTokenFingerprint = state === 'live' ? ours : null
    const copy = {
      accountId: id,
      machineId: laptop.id,
      place: machine.claudePath,
      grantId,
      refreshTokenFingerprint: ours,
    }
    await saveCredentialFile(
      context.database,
      {
        ...{ machineId: laptop.id, path: machine.claudePath, provider: 'claude', kind: 'default', accountId: id },
        ...{ state, observedAt: 1, modifiedAt: 1, subject: null, organizationId: null, email: null },
        ...{ refreshTokenFingerprint, accessTokenExpiresAt: null },
      },
      [aCopy({ ...copy, goneAt: state === 'live' ? null : 1 })],
    )
  }

  test('have the same paths, and what one sees says nothing of the other', async () => {
    const { id, family } = await ada()
    await seenThere(id, 'live')
    await look()
    expect(await ownership(id)).toMatchObject({
      status: 'conflict',
      reason: { code: 'owner_conflict_machine', params: { path: `laptop: ${machine.claudePath}` } },
      holders: [{ kind: 'dashboard' }, { kind: 'cli_file', machine: 'laptop' }],
    })
    expect((await getAccount(context, id)).activeIn).toEqual([])
    await machine.put(machine.claudePath, textOf(family))
    await look()
    expect(await map(id)).toMatchObject({ copies: [{ isRival: true }, { isRival: true }] })
    // The file here is blanked: the one there is as it was.
    await machine.put(machine.claudePath, blankedClaudeCredentialsJson())
    await look()
    expect((await map(id)).copies).toMatchObject([{ machine: { name: 'laptop', isThis: false, isAway: false } }])
    await seenThere(id, 'blanked')
    expect((await ownership(id)).status).toBe('dashboard')
  })

  test('a file that is followed on one is shown on the other, and never read there', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    const { id } = await linkAccount(there, { provider: 'claude', actor })
    // On this machine somebody else's login lies under the same path.
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('brook')))
    await look()
    const seen = await getAccount(context, id)
    expect(seen).toMatchObject({
      credentialMachine: 'laptop',
      activeIn: [],
      custody: 'cli',
      login: { status: 'valid' },
    })
    expect(seen.login.reason.params.path).toBe(`laptop: ${machine.claudePath}`)
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('ada')))
    await look()
    expect((await machine.held(id)).generation).toBe(1)
  })

  test('one that was retired, or not seen for long, is shown so', async () => {
    const { id } = await ada()
    await seenThere(id, 'live')
    await machine.world.clock.advance(MACHINE_AWAY_MS - 1)
    expect((await map(id)).copies[0]!.machine).toMatchObject({ isAway: false, retiredAt: null })
    await machine.world.clock.advance(1)
    expect((await map(id)).copies[0]!.machine).toMatchObject({ isAway: true })
    // A machine that never said its name is still another one.
    await keepCopies(context.database, [aCopy({ accountId: id, machineId: 'mac_stranger', id: 'cop_s' })])
    expect((await listKnownCopies(context.database, id)).map(({ machineId }) => machineId)).toContain('mac_stranger')
    expect((await map(id)).copies.map((copy) => copy.machine?.isThis)).toEqual([false, false])
  })
})
