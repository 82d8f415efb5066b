/**
 * The real refresh as a program that takes orders on standard input: it opens what the dashboard opens, and kills itself
 * where it is told. The product is not changed for it; what surrounds the refresh is.
 */

import { writeSync } from 'node:fs'
import { adoptFromFile } from '../src/accounts/adopt-from-file.ts'
import { connectAccount } from '../src/accounts/connect-account.ts'
import type { AccountsContext } from '../src/accounts/context.ts'
import { openTokens } from '../src/accounts/grant-tokens.ts'
import { linkAccount } from '../src/accounts/link-account.ts'
import { listAccounts } from '../src/accounts/list-accounts.ts'
import { recoverAttempts } from '../src/accounts/recover-attempts.ts'
import { type RefreshPurpose, refreshGrant } from '../src/accounts/refresh-grant.ts'
import { replayAnswers } from '../src/accounts/replay-answers.ts'
import { takeOverAccount } from '../src/accounts/take-over-account.ts'
import { updateAccount } from '../src/accounts/update-account.ts'
import { type OpenedContext, openContext } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { listCallRows } from '../src/db/call-store.ts'
import { findCurrentGrant } from '../src/db/grant-store.ts'
import { type Clock, SECOND_MS, systemClock } from '../src/lib/clock.ts'
import { silentLog } from '../src/lib/log.ts'
import { tidyProcess } from '../src/process-hygiene.ts'
import type { FakeIssue } from '../src/testing/fake-grants.ts'
import { fingerprint } from '../src/testing/fake-ledger.ts'
import { identityOf, tokenSetOf } from '../src/testing/fake-tokens.ts'
import { startWorkers, type Workers } from '../src/workers/index.ts'
import { databaseCalls } from './database-calls.ts'
import { startKiller } from './killer.ts'
import {
  type Answer,
  type GivenLogin,
  type KillPoint,
  type LoginState,
  type Notice,
  type Order,
  sharedClockMs,
} from './orders.ts'

/** Another program may be about to let go of the database. */
const WAIT_MS = 10 * SECOND_MS
/** By then the one retry after an unknown outcome is due. */
const RETRY_AFTER_MS = 4 * SECOND_MS

const time = { offsetMs: 0, rate: 1 }
const startedAt = systemClock.now()
/** A clock that can be set, and that can run faster than the machine's. */
const clock: Clock = {
  now: () => startedAt + (systemClock.now() - startedAt) * time.rate + time.offsetMs,
  monotonic: () => systemClock.monotonic() * time.rate,
  sleep: (ms, signal) => systemClock.sleep(ms / time.rate, signal),
}

let opened: OpenedContext | null = null
let context: AccountsContext
let workers: Workers | null = null

// Whole lines at once: what was said before a kill has been said.
const say = (line: Answer | Notice) => void writeSync(1, `${JSON.stringify(line)}\n`)
const die = () => process.kill(process.pid, 'SIGKILL')

async function open(): Promise<void> {
  tidyProcess()
  const pages = { styleSheet: '', render: () => '' }
  opened = await openContext(readConfig(process.env), {
    log: silentLog,
    pages,
    dashboardUrl: () => '',
    waitMs: WAIT_MS,
  })
  context = { ...opened.context, clock }
  await recoverAttempts(context)
}

async function states(): Promise<LoginState[]> {
  const accounts = await listAccounts(context)
  return await Promise.all(
    accounts.map(async ({ id, login }) => {
      const grant = (await findCurrentGrant(context.database, id))!
      const tokens = openTokens(context.vault, grant)
      return {
        accountId: id,
        generation: grant.generation,
        refreshToken: fingerprint(tokens.refreshToken?.reveal() ?? ''),
        accessToken: fingerprint(tokens.accessToken.reveal()),
        isUncertain: grant.uncertainAt !== null && grant.refusedAt === null,
        nextRefreshInMs: grant.nextRefreshAt === null ? null : grant.nextRefreshAt - clock.now(),
        status: login.status,
        reason: login.reason.code,
      }
    }),
  )
}

async function connect({ family, pair }: GivenLogin, isPaused: boolean): Promise<void> {
  const provider = context.providers.get(family.identity.provider)!
  const issue = { family, pair } as FakeIssue
  const tokens = tokenSetOf(issue)
  const { accountId } = await connectAccount(context, {
    provider,
    // The provider counts from its own clock, as an answer would have said.
    tokens: { ...tokens, accessTokenExpiresAt: pair.accessTokenExpiresAt - systemClock.now() + clock.now() },
    identity: identityOf(family.identity),
    custody: 'dashboard',
    origin: 'callback',
    actor: 'browser',
  })
  if (isPaused) await updateAccount(context, accountId, { paused: true }, 'browser')
}

/** Puts the ways to die around the one refresh that follows: its database and its way out. */
function prepareToDie(at: KillPoint | null): void {
  const calls = databaseCalls(context.database)
  const { transport } = context
  let writes = 0
  let isAnswered = false
  calls.around({
    before(isWrite) {
      if (!isWrite) return
      writes += 1
      if (at === 'before_lease' && writes === 1) die()
      if (at === 'before_commit' && isAnswered) die()
      if (at === 'during_commit' && isAnswered) say({ at: 'committing' })
    },
    after(isWrite) {
      if (!isWrite) return
      if (at === 'after_lease' && writes === 1) die()
      if (at === 'after_commit' && isAnswered) die()
    },
  })
  context = {
    ...context,
    transport: {
      async send(request) {
        if (at === 'before_send') die()
        const answer = await transport.send(request)
        if (at === 'after_answer') die()
        isAnswered = true
        return answer
      },
    },
  }
}

async function refresh(accountId: string, purpose: RefreshPurpose, at: KillPoint | number | null): Promise<Answer> {
  if (typeof at === 'string') prepareToDie(at)
  // A thread, because this one is asleep while the database writes.
  const killer = typeof at === 'number' ? await startKiller() : null
  say({ at: 'began' })
  killer?.postMessage({ afterMs: at })
  const { outcome, reason } = await refreshGrant(context, accountId, { purpose, actor: 'api' })
  return { said: 'done', states: [], outcome, reason: reason.code }
}

/** From each whole answer in our hands until it was durable, and when it was. */
async function measure(accountId: string, count: number): Promise<Pick<Answer, 'samples' | 'durableAt'>> {
  const samples: number[] = []
  const durableAt: number[] = []
  let answeredAt = 0
  const calls = databaseCalls(context.database)
  const measured: AccountsContext = {
    ...context,
    transport: {
      async send(request) {
        const answer = await context.transport.send(request)
        answeredAt = systemClock.monotonic()
        return answer
      },
    },
  }
  calls.around({
    after(isWrite) {
      if (!isWrite || answeredAt === 0) return
      samples.push(systemClock.monotonic() - answeredAt)
      durableAt.push(sharedClockMs())
      answeredAt = 0
    },
  })
  for (let index = 0; index < count; index++) {
    time.offsetMs += 10 * SECOND_MS
    await refreshGrant(measured, accountId, { purpose: 'requested', actor: 'api' })
  }
  return { samples, durableAt }
}

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'open':
      time.offsetMs = order.offsetMs ?? 0
      time.rate = order.rate ?? 1
      await open()
      return { said: 'opened', states: await states() }
    case 'state':
      return { said: 'done', states: await states() }
    case 'connect':
      await connect(order.login, order.isPaused ?? false)
      return { said: 'done', states: await states() }
    case 'clock':
      time.offsetMs = order.offsetMs
      return { said: 'done', states: [] }
    case 'refresh': {
      const accountId = order.accountId ?? (await listAccounts(context))[0]!.id
      // Two wishes within moments are one.
      time.offsetMs += 10 * SECOND_MS
      return await refresh(accountId, (order.purpose ?? 'requested') as RefreshPurpose, order.dieAt ?? null)
    }
    case 'retry': {
      time.offsetMs += RETRY_AFTER_MS
      const [account] = await listAccounts(context)
      const purpose = 'retry_after_unknown'
      const { outcome, reason } = await refreshGrant(context, account!.id, { purpose, actor: 'scheduler' })
      return { said: 'done', states: await states(), outcome, reason: reason.code }
    }
    case 'work':
      workers = startWorkers(context)
      await workers.ready
      return { said: 'done', states: [] }
    case 'link':
      await (order.isTakenOver ? takeOverAccount : linkAccount)(context, { path: order.path, actor: 'api' })
      return { said: 'done', states: await states() }
    case 'adopt': {
      const [account] = await listAccounts(context)
      return { said: 'done', outcome: await adoptFromFile(context, account!.id), states: await states() }
    }
    case 'mark': {
      const { transport } = context
      const send: typeof transport.send = async (request) => {
        const answer = await transport.send(request)
        say({ at: 'answered' })
        return answer
      }
      const marked = { ...context, transport: { send } }
      const [account] = await listAccounts(context)
      for (let index = 0; index < order.count; index++) {
        time.offsetMs += 10 * SECOND_MS
        await refreshGrant(marked, account!.id, { purpose: 'requested', actor: 'api' })
        say({ at: 'told' })
      }
      return { said: 'done', states: await states() }
    }
    case 'calls': {
      await context.calls.flush()
      const tries = new Map<string, number>()
      const rows = await listCallRows(context.database, { limit: 10_000 })
      for (const { accountId, endpoint } of rows) {
        if (endpoint === 'token') tries.set(accountId ?? '', (tries.get(accountId ?? '') ?? 0) + 1)
      }
      return { said: 'done', states: [], mostTries: Math.max(0, ...tries.values()) }
    }
    case 'replay':
      await replayAnswers(context)
      return { said: 'done', states: await states() }
    case 'checkpoint':
      await context.database.run('PRAGMA wal_checkpoint(TRUNCATE)')
      return { said: 'done', states: [] }
    case 'measure':
      return { said: 'done', states: [], ...(await measure((await listAccounts(context))[0]!.id, order.count)) }
    case 'close':
      await workers?.stop()
      await opened?.close()
      return { said: 'closed', states: [] }
  }
}

say({ at: 'ready' })
for await (const line of console) {
  const order = JSON.parse(line) as Order
  try {
    say(await obey(order))
  } catch (error) {
    const { name, message, code } = error as { name?: string; message?: string; code?: string }
    say({ said: `${code ?? name}: ${message}`, states: [] })
  }
  if (order.do === 'close') process.exit(0)
}
