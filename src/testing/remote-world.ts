/**
 * Several machines that share one remote database: a server over a real file, a network with faults for each machine, a
 * home with a spool each, one provider. The server has the clock of the world; a machine may have one of its own.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AnswerSpool } from '../accounts/answer-spool.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { HighWaterMark } from '../accounts/high-water-file.ts'
import { LastKnown } from '../accounts/last-known.ts'
import { openMachine } from '../accounts/machines.ts'
import { openDatabase } from '../db/client.ts'
import { EventBus } from '../events/bus.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { type FaultyNetwork, faultyNetwork } from './faulty-network.ts'
import { createHranaDouble, type HranaDouble } from './hrana-double.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.ts'

/** Where every machine believes the database to be. */
export const PRIMARY = 'https://primary.example.test'

/** One machine: what its processes work with, its way to the database, its home. */
export interface RemoteMachine {
  context: AccountsContext
  network: FaultyNetwork
  home: string
  /** Another process on this machine: it has a name and single flights of its own. */
  process(owner: string): AccountsContext
}

export interface RemoteWorld extends TestContext {
  server: HranaDouble
  machine(name: string, overrides?: Partial<AccountsContext>): Promise<RemoteMachine>
  /** Lets fake time go on until a promise has settled. */
  drive<T>(promise: Promise<T>): Promise<T>
}

/** A world with a server and no machine yet. `close` it at the end of the test. */
export async function createRemoteWorld(options: TestContextOptions = {}): Promise<RemoteWorld> {
  const world = await createTestContext(options)
  const { clock, directory } = world
  const server = createHranaDouble(join(directory, 'server.db'), { now: () => clock.now() })
  const closers: (() => Promise<void>)[] = []

  const machine = async (name: string, overrides: Partial<AccountsContext> = {}): Promise<RemoteMachine> => {
    const network = faultyNetwork((request) => server.handle(request))
    const home = join(directory, name)
    mkdirSync(home, { recursive: true })
    const opened = await openDatabase({ url: PRIMARY, fetch: network.fetch as (request: Request) => Promise<Response> })
    closers.push(() => opened.close())
    const context: AccountsContext = {
      ...world.context,
      database: opened.database,
      owner: name,
      isSoleOwner: false,
      isDatabaseRemote: true,
      events: new EventBus(),
      refreshes: new SingleFlight(),
      answerSpool: new AnswerSpool(join(home, 'spool')),
      machine: openMachine(join(home, 'machine'), name, world.context.random),
      highWaterMark: new HighWaterMark({ home: join(home, 'high-water.json') }),
      lastKnown: new LastKnown(),
      ...overrides,
    }
    return { context, network, home, process: (owner) => ({ ...context, owner, refreshes: new SingleFlight() }) }
  }

  return {
    ...world,
    server,
    machine,
    async drive(promise) {
      let isOver = false
      const over = () => {
        isOver = true
      }
      promise.then(over, over)
      for (;;) {
        // Requests on their way to the database take real time, however little.
        for (let turn = 0; turn < 40 && !isOver; turn++) await new Promise((resolve) => setImmediate(resolve))
        if (isOver) return promise
        const next = clock.nextWakeIn()
        if (next === null) await new Promise((resolve) => setTimeout(resolve, 1))
        else await clock.advance(next)
      }
    },
    async close() {
      for (const close of closers) await close()
      server.close()
      await world.close()
    },
  }
}
