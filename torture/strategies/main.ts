/** A simple strategy as a program that takes the same orders as the real one: `main.ts STRATEGY`. */

import { readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint } from '../../src/testing/fake-ledger.ts'
import { startKiller } from '../killer.ts'
import type { Answer, KillPoint, LoginState, Notice, Order } from '../orders.ts'
import { lockWithoutReread } from './lock-without-reread.ts'
import { saveAfterUse } from './save-after-use.ts'
import { hasTokens, Refused, readTokens, type Shelf, type Strategy, writeInPlace } from './store.ts'
import { withoutLock } from './without-lock.ts'

const STRATEGIES: Record<string, Strategy> = { withoutLock, lockWithoutReread, saveAfterUse }
const strategy = STRATEGIES[Bun.argv[2] ?? '']!
const home = process.env.TOKENDECK_HOME!
const say = (line: Answer | Notice) => void writeSync(1, `${JSON.stringify(line)}\n`)
const quiet = () => {}
const shelf: Shelf = {
  path: join(home, 'tokens.json'),
  origin: /token_url = "(http:\/\/[^/]+)/.exec(readFileSync(join(home, 'config.toml'), 'utf8'))![1]!,
  reach: quiet,
}
let isRefused = false

function states(): LoginState[] {
  if (!hasTokens(shelf)) return []
  const { refreshToken, accessToken } = readTokens(shelf)
  const status = isRefused ? 'sign_in_again' : 'valid'
  const names = { refreshToken: fingerprint(refreshToken), accessToken: fingerprint(accessToken) }
  return [{ ...names, accountId: '', generation: 0, isUncertain: false, nextRefreshInMs: null, status, reason: status }]
}

/** As if the access token had ended meanwhile. */
function expire(): void {
  writeInPlace({ ...shelf, reach: quiet }, { ...readTokens(shelf), expiresAt: 0 })
}

async function refresh(dieAt: KillPoint | number | null): Promise<string> {
  const killer = typeof dieAt === 'number' ? await startKiller() : null
  shelf.reach = (point) => {
    if (point === 'during_commit' && dieAt === point) say({ at: 'committing' })
    else if (point === dieAt) process.kill(process.pid, 'SIGKILL')
  }
  say({ at: 'began' })
  killer?.postMessage({ afterMs: dieAt })
  try {
    await strategy(shelf)
    return 'refreshed'
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    isRefused = true
    return 'refused'
  }
}

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'open':
      return { said: 'opened', states: states() }
    case 'connect': {
      const { family, pair } = order.login
      const { provider } = family.identity
      const tokens = { accessToken: pair.accessToken, refreshToken: pair.refreshToken!, expiresAt: 0 }
      writeInPlace({ ...shelf, reach: quiet }, { provider, clientId: family.clientId, ...tokens })
      return { said: 'done', states: states() }
    }
    case 'measure':
      for (let index = 0; index < order.count; index++) {
        expire()
        await strategy(shelf)
      }
      return { said: 'done', states: [] }
    case 'mark':
      shelf.reach = (point) => {
        if (point === 'after_answer') say({ at: 'answered' })
      }
      for (let index = 0; index < order.count; index++) {
        expire()
        await strategy(shelf)
        say({ at: 'told' })
      }
      return { said: 'done', states: [] }
    case 'refresh':
      if (order.purpose !== 'token_needed') expire()
      return { said: 'done', outcome: await refresh(order.dieAt ?? null), states: states() }
    default:
      return { said: 'done', states: states() }
  }
}

say({ at: 'ready' })
for await (const line of console) {
  const order = JSON.parse(line) as Order
  try {
    say(await obey(order))
  } catch (error) {
    say({ said: String(error), states: [] })
  }
  if (order.do === 'close') process.exit(0)
}
