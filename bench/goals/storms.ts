/** G14: many who want the same at once, and answers that are worth nothing a moment later. */

import { apiToken } from '../client.ts'
import type { Part } from '../goal.ts'
import { type Home, makeHome } from '../home.ts'
import { program, runCommand, startDashboard, stopServer } from '../process.ts'
import { limitRow, type Row } from '../row.ts'
import { startTokenEndpoint, type TokenEndpoint } from '../token-endpoint.ts'

const COMMANDS = 50
/** Time for the scheduler to come again if it wanted to. */
const WATCH_MS = 4_000
const MINUTE_MS = 60_000

export const storms: Part = {
  goals: ['G14'],
  title: 'storms',
  async measure({ directory }) {
    return [
      await commandsAtOnce(directory, true),
      await commandsAtOnce(directory, false),
      await shortLives(directory, 0),
      await shortLives(directory, 1),
    ]
  },
}

async function commandsAtOnce(directory: string, isServed: boolean): Promise<Row> {
  const endpoint = await startTokenEndpoint({ delayMs: 50 })
  const home = await makeHome(directory, { accounts: 2, endpoint: endpoint.origin, lifetimeMs: -MINUTE_MS })
  // The scheduler would be first: a paused account is refreshed only when somebody wants its token.
  const server = isServed ? await startPaused(home) : null
  const command = program('src/command-line/main.ts', 'token', 'account-1')
  const runs = await Promise.all(Array.from({ length: COMMANDS }, () => runCommand(command, home.environment)))
  const tokens = new Set(runs.map(({ output }) => output))
  if (tokens.size !== 1) throw new Error(`${COMMANDS} commands printed ${tokens.size} different tokens`)
  if (server) await stopServer(server)
  return exchangesRow(endpoint, `${COMMANDS} × \`token\` at once, ${isServed ? 'server running' : 'no server'}`)
}

async function startPaused(home: Home) {
  const pause = program('bench/programs/pause-all.ts')
  await runCommand(pause, home.environment)
  return await startDashboard(home.environment)
}

/** The scheduler and a helper that asks again and again, while every answer has ended as soon as it came. */
async function shortLives(directory: string, expiresIn: number): Promise<Row> {
  const endpoint = await startTokenEndpoint({ expiresIn })
  const home = await makeHome(directory, { accounts: 5, endpoint: endpoint.origin, lifetimeMs: -MINUTE_MS })
  const server = await startDashboard(home.environment)
  const headers = { authorization: `Bearer ${apiToken(home)}` }
  const list = await fetch(`http://localhost:${server.port}/api/accounts`, { headers })
  const accounts = (await list.json()) as { id: string }[]
  const endsAt = performance.now() + WATCH_MS
  while (performance.now() < endsAt) {
    for (const { id } of accounts) {
      const asked = await fetch(`http://localhost:${server.port}/api/accounts/${id}/token`, { method: 'POST', headers })
      await asked.arrayBuffer()
    }
    await Bun.sleep(50)
  }
  await stopServer(server)
  return exchangesRow(endpoint, `answers of ${expiresIn} s, asked without end`)
}

async function exchangesRow(endpoint: TokenEndpoint, what: string): Promise<Row> {
  const counts = Object.values(await endpoint.exchanges())
  await endpoint.stop()
  if (counts.length === 0) throw new Error('Nobody refreshed anything.')
  return limitRow({ goal: 'G14', what, value: Math.max(...counts), limit: 1, unit: 'exchanges of a grant' })
}
