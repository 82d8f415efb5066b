/** An account whose use crosses thresholds, and a world outside that notes what it is told. */

import { addChannel, type ChannelRequest } from '../alerts/alert-channels.ts'
import { newAlertMemory, watchAccounts } from '../alerts/watch-accounts.ts'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import type { Telling } from '../lib/telling.ts'
import { readUsage } from '../limits/read-usage.ts'
import { alertWords } from '../messages/alert-words.ts'
import { connectPerson } from './connected-account.ts'
import { fakeWindow } from './fake-usage.ts'
import { createTestContext, type TestContext } from './test-context.ts'

/** A request that left for somebody outside. */
export interface Sent {
  url: string
  headers: Record<string, string>
  body: string
  init: BunFetchRequestInit
}

export interface AlertWorld {
  world: TestContext
  telling: Telling
  sent: Sent[]
  /** What is answered outside; may be replaced. */
  answer: () => Response | Promise<Response>
  /** What was told of already. */
  memory: ReturnType<typeof newAlertMemory>
  /** The id of the account. */
  grace: string
  hook(changes?: Partial<ChannelRequest>): ChannelRequest
  add(changes?: Partial<ChannelRequest>): ReturnType<typeof addChannel>
  /** Her week is used up to so many percent, and that is noticed. */
  cross(percent: number): Promise<void>
}

/** With a tenth of her week used. `world.close` it at the end of the test. */
export async function createAlertWorld(): Promise<AlertWorld> {
  const sent: Sent[] = []
  const memory = newAlertMemory()
  const telling: Telling = {
    fetch: async (url, init) => {
      sent.push({ url, headers: { ...(init.headers as Record<string, string>) }, body: String(init.body), init })
      return await alerts.answer()
    },
    resolve: async (host) => (host === 'inside.example' ? ['10.0.0.7'] : ['93.184.216.34']),
    userAgent: 'tokendeck/0.0.0-test',
    words: alertWords,
  }
  const world = await createTestContext({ overrides: { telling } })
  const { accountId: grace } = await connectPerson(world, 'grace')
  const hook: AlertWorld['hook'] = (changes = {}) => ({
    ...{ kind: 'webhook', name: 'Hook', target: 'https://hook.example/secret-path?key=FAKE' },
    ...{ isPrivateAllowed: false, includesNames: false, actor: 'browser', ...changes },
  })
  const alerts: AlertWorld = {
    ...{ world, telling, sent, memory, grace, hook },
    answer: () => new Response('ok'),
    add: (changes) => addChannel(world.context, hook(changes)),
    async cross(percent) {
      world.fake.usage.set('grace', [fakeWindow('weekly', percent, world.clock.now() + 96 * HOUR_MS)])
      await world.clock.advance(2 * MINUTE_MS)
      await readUsage(world.context, grace, { actor: 'scheduler' })
      await watchAccounts(world.context, memory)
    },
  }
  await alerts.cross(10)
  return alerts
}
