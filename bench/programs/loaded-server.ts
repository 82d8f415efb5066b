/**
 * The dashboard with an instrument inside. Reads commands, one a line, from standard input and answers each with a line of
 * JSON: `refresh ROUNDS IN_FLIGHT` refreshes every account that it can, so often; `pause` tells the longest time for which
 * the event loop stood still since the last `pause`. Its first line is { port }.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { createAccess } from '../../src/access/access.ts'
import type { AccountsContext } from '../../src/accounts/context.ts'
import { refreshGrant } from '../../src/accounts/refresh-grant.ts'
import { createApp } from '../../src/app.tsx'
import { readConfig } from '../../src/config.ts'
import { listen } from '../../src/listen.ts'
import { startWorkers } from '../../src/workers/index.ts'
import { inFlight } from '../in-flight.ts'
import { watchPauses } from '../pauses.ts'
import { openBenchContext } from './context.ts'

const config = readConfig(process.env)
const { context, close } = await openBenchContext()
const { database, clock, random, vault } = context
const access = await createAccess({
  ...{ database, clock, random, apiTokenPath: join(config.home, 'api-token') },
  fingerprint: (secret) => vault.fingerprint('session', secret),
})
const shutdown = new AbortController()
let port = 0
const about = { home: config.home, databaseUrl: config.databaseUrl, configFile: config.configFile }
const app = createApp({
  ...{ accounts: context, access, version: '0', port: () => port, extraHosts: [], about, shutdown: shutdown.signal },
})
const listening = await listen({
  host: '127.0.0.1',
  port: 0,
  fetch: (request, server) => app.fetch(request, { server }),
})
port = listening.port

/** When the endpoint sent the answer of the refresh that this is called in; epoch milliseconds with fractions. */
const answer = new AsyncLocalStorage<{ sentAt: number }>()
const { send } = context.transport
context.transport = {
  async send(request) {
    const received = await send(request)
    answer.getStore()!.sentAt = (JSON.parse(received.body.reveal()) as { sent_at: number }).sent_at
    return received
  },
}

const workers = startWorkers(context)
await workers.ready
const pauses = watchPauses()
say({ port })

for await (const line of console) {
  const [command, ...args] = line.split(' ')
  const [rounds = 1, places = 1] = args.map(Number)
  if (command === 'refresh') say(await refreshAll(context, rounds, places))
  else if (command === 'pause') say(pauses.take())
  else break
}
shutdown.abort()
await workers.stop()
await listening.stop(1_000)
await close()
process.exit(0)

/** Milliseconds from the last byte, as the endpoint sent it, to the durable commit, of every refresh. */
async function refreshAll({ database }: AccountsContext, rounds: number, places: number): Promise<number[]> {
  const spans: number[] = []
  for (let round = 0; round < rounds; round++) {
    // As if the last refresh were long ago; copies have no tokens of their own.
    await database.run(sql`update grants set access_token_issued_at = access_token_issued_at - 3600000`)
    const rows = await database.all<{
      account_id: string
    }>(sql`select account_id from grants where refresh_token_sealed is not null
      and account_id not like 'acc_00000%' order by created_at`)
    await inFlight(
      places,
      rows.map(({ account_id: id }) => id),
      (id) =>
        answer.run({ sentAt: 0 }, async () => {
          const { outcome } = await refreshGrant(context, id, { purpose: 'requested', actor: 'browser' })
          if (outcome !== 'refreshed') throw new Error(`${id} was not refreshed: ${outcome}`)
          spans.push(performance.timeOrigin + performance.now() - answer.getStore()!.sentAt)
        }),
    )
  }
  return spans
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
