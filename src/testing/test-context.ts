/**
 * Everything the domain works with, for one test: a real database in memory, the real transport in front of the fake
 * provider, a clock and chance that obey, a temporary directory for files.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beginAuditTrail } from '../accounts/audit-trail.ts'
import { createCallLedger } from '../accounts/call-ledger.ts'
import { CallbackListeners } from '../accounts/callback-listeners.ts'
import type { AccountsContext } from '../accounts/context.ts'
import type { OpenedDatabase } from '../db/client.ts'
import type { AppEvent } from '../events/bus.ts'
import { EventBus } from '../events/bus.ts'
import { localSystem } from '../lib/local-system.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { allowedHosts, applyProviderConfig } from '../oauth/own-providers.ts'
import type { Provider } from '../oauth/provider.ts'
import { builtInProviders } from '../oauth/providers/index.ts'
import { createTransport, type Fetch } from '../oauth/transport.ts'
import { FakeClock } from './fake-clock.ts'
import { noPrograms } from './fake-programs.ts'
import { createFakeProvider, type FakeProvider, type FakeProviderOptions } from './fake-provider.ts'
import { steadyRandom } from './fake-random.ts'
import { fakeKeys, fakeVault } from './fake-vault.ts'
import { type RecordingLog, recordingLog } from './recording-log.ts'
import { openTestDatabase } from './test-database.ts'

export interface TestContextOptions {
  /** Replaces parts of the context. */
  overrides?: Partial<AccountsContext>
  /** Rules of the fake provider: lifetimes, strictness, people. */
  provider?: FakeProviderOptions
  /** Text of a config.toml. */
  config?: string
  /** Instead of the fake provider's. */
  fetch?: Fetch
  /** Instead of a new one in memory; it is closed with the context. */
  database?: OpenedDatabase
}

export interface TestContext {
  context: AccountsContext
  clock: FakeClock
  log: RecordingLog
  fake: FakeProvider
  /** News in the order it was published. */
  events: AppEvent[]
  /** A directory of this test alone. */
  directory: string
  close(): Promise<void>
}

/** A whole context. `close` it at the end of the test. */
export async function createTestContext(options: TestContextOptions = {}): Promise<TestContext> {
  const clock = new FakeClock()
  const log = recordingLog()
  const fake = createFakeProvider({ clock, ...options.provider })
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-test-'))
  const opened = options.database ?? (await openTestDatabase())
  const providers: Map<string, Provider> = applyProviderConfig(builtInProviders, options.config ?? '')
  const random = steadyRandom()
  const bus = new EventBus()
  const events: AppEvent[] = []
  bus.subscribe((event) => events.push(event))
  const calls = createCallLedger({
    transport: createTransport({
      fetch: options.fetch ?? (fake.fetch as Fetch),
      clock,
      version: '0.0.0-test',
      allowedHosts: allowedHosts(providers.values()),
    }),
    clock,
    database: opened.database,
    log,
  })
  const context: AccountsContext = {
    clock,
    random,
    log,
    database: opened.database,
    vault: fakeVault(random),
    keys: fakeKeys,
    providers,
    transport: calls.transport,
    // Nobody knocks in a test that does not say who opens.
    reach: { isThere: async () => false },
    calls,
    events: bus,
    owner: 'test-process',
    programs: noPrograms,
    // Files and processes are real, the person's day is not.
    system: { ...localSystem, timeZone: 'UTC' },
    credentialPlaces: [],
    profilesDirectory: join(directory, 'profiles'),
    callbackPorts: [],
    callbackListeners: new CallbackListeners({
      clock,
      pages: { styleSheet: '', render: (state) => `<p>${state.kind}</p>` },
    }),
    refreshes: new SingleFlight(),
    dashboardUrl: () => 'http://localhost:4747/',
    ...options.overrides,
  }
  await beginAuditTrail(context)
  return {
    context,
    clock,
    log,
    fake,
    events,
    directory,
    async close() {
      await context.callbackListeners.closeAll()
      await opened.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
