/**
 * F8: the CLI renews its login and writes its file in place: truncated first, then piece by piece, as Codex does. The
 * dashboard reads at any instant of that.
 */

import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FakeFamily, FakePair } from '../../src/testing/fake-grants.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { fingerprint } from '../../src/testing/fake-ledger.ts'
import { codexAuthJson } from '../../src/testing/fake-tokens.ts'
import { finding, type Scenario } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'

const LONGEST_PAUSE_MS = 6

export const foreignWriter: Scenario = {
  faults: ['F8'],
  title: 'a CLI that writes in place',
  async run({ directory, isShort }) {
    const races = isShort ? 60 : 1_000
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', kind: 'codex' })
    const codexHome = join(home.environment.HOME!, '.codex')
    mkdirSync(codexHome, { mode: 0o700 })
    const path = join(codexHome, 'auth.json')
    const { family } = provider.signIn()
    await write(path, family, currentPair(family))
    const victim = startVictim(TOKENDECK, home.environment)
    await victim.ask({ do: 'open' })
    const linked = await victim.ask({ do: 'link', path })
    if (linked.states.length !== 1) throw new Error(linked.said)
    const result = { notNewest: 0, rubbish: 0, damaged: 0 }
    for (let index = 0; index < races; index++) {
      const before = currentPair(family)
      const renewed = provider.fake.grants.refresh(before.refreshToken!, family.clientId)
      if (typeof renewed === 'string') throw new Error(renewed)
      const written = write(path, family, renewed.pair)
      await Bun.sleep(Math.random() * LONGEST_PAUSE_MS)
      // In the middle of it: the old one or the new one, nothing else.
      const during = (await victim.ask({ do: 'adopt' })).states[0]!
      await written
      const after = (await victim.ask({ do: 'adopt' })).states[0]!
      const newest = fingerprint(renewed.pair.refreshToken!)
      if (![newest, fingerprint(before.refreshToken!)].includes(during.refreshToken)) result.rubbish += 1
      if (after.refreshToken !== newest) result.notNewest += 1
      if (readFileSync(path, 'utf8') !== codexAuthJson(renewed, lastRefreshOf(renewed.pair))) result.damaged += 1
    }
    await victim.ask({ do: 'close' })
    await close()
    const spent = provider.tokenCalls().length
    return [
      finding('F8', `the CLI truncates and writes its file while it is read, × ${races}`, {
        measured: `${result.notNewest} newest tokens missed, ${result.rubbish} half files believed, ${result.damaged} files changed by us, ${spent} tokens spent by us`,
        goal: '0, 0, 0, 0',
        isMet: result.notNewest + result.rubbish + result.damaged + spent === 0 && family.revokedAt === null,
      }),
    ]
  },
}

/** When the CLI says that it renewed: the lifetime of its token before the end of it. */
const lastRefreshOf = (pair: FakePair) => pair.accessTokenExpiresAt - 8 * 3_600_000

async function write(path: string, family: FakeFamily, pair: FakePair): Promise<void> {
  const text = codexAuthJson({ family, pair }, lastRefreshOf(pair))
  const file = openSync(path, 'a', 0o600)
  ftruncateSync(file, 0)
  const cut = Math.floor(Math.random() * text.length)
  await Bun.sleep(Math.random() * LONGEST_PAUSE_MS)
  writeSync(file, text.slice(0, cut))
  await Bun.sleep(Math.random() * LONGEST_PAUSE_MS)
  writeSync(file, text.slice(cut))
  fsyncSync(file)
  closeSync(file)
}
