/** What a person sees while the remote database does not answer: the last known, with its age; and of the machines that share it. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { noteThisMachine } from '../accounts/machines.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createRemoteWorld, type RemoteMachine, type RemoteWorld } from '../testing/remote-world.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let world: RemoteWorld
let laptop: RemoteMachine
let web: TestApp

beforeEach(async () => {
  world = await createRemoteWorld()
  laptop = await world.machine('laptop')
  const { database, isDatabaseRemote, lastKnown, machine, answerSpool } = laptop.context
  const shared = { database, isDatabaseRemote, lastKnown, machine, answerSpool, clock: world.clock }
  web = await createTestApp({ overrides: shared })
  await connectPerson(world, 'ada', { context: laptop.context })
})
afterEach(async () => {
  await web.close()
  await world.close()
})

const text = async (path: string) => (await web.browse(path)).text()

test('the accounts as they were last read, with their age; the next answer ends the notice', async () => {
  expect(await text('/')).not.toContain('does not answer')
  await world.clock.advance(4 * MINUTE_MS)
  laptop.network.isSplit = true
  const away = await web.browse('/')
  expect(away.status).toBe(200)
  const page = await away.text()
  expect(page).toContain('The database does not answer')
  expect(page).toContain('read 4 min ago')
  expect(page).toContain('ada@example.com')
  laptop.network.isSplit = false
  expect(await text('/')).not.toContain('does not answer')
})

test('acts and programs are told that it is away, and nothing is sent to the provider', async () => {
  await text('/')
  const [account] = (await (await web.call('GET', '/api/accounts')).json()) as [{ id: string }]
  laptop.network.isSplit = true
  expect((await web.call('GET', '/api/accounts')).status).toBe(503)
  expect((await web.call('POST', `/api/accounts/${account.id}/refresh`)).status).toBe(503)
  expect(world.fake.ledger.count('claude.refresh')).toBe(0)
})

test('without anything read before there is nothing to show, and a session is believed for an hour at most', async () => {
  laptop.network.isSplit = true
  expect((await web.browse('/')).status).toBe(503)
  laptop.network.isSplit = false
  expect((await web.browse('/')).status).toBe(200)
  laptop.network.isSplit = true
  expect((await web.browse('/')).status).toBe(200)
  await world.clock.advance(61 * MINUTE_MS)
  expect((await web.browse('/')).status).toBe(503)
})

test('the settings name the machines that share the database, once there are two', async () => {
  await noteThisMachine(laptop.context)
  expect(await text('/settings')).not.toContain('Machines that share')
  const desktop = await world.machine('desktop')
  await world.clock.advance(MINUTE_MS)
  await noteThisMachine(desktop.context)
  await noteThisMachine(desktop.context)
  const page = await text('/settings')
  expect(page.match(/session__name">(laptop|desktop)</g)).toEqual(['session__name">laptop<', 'session__name">desktop<'])
  expect(page.match(/>this machine</g)).toHaveLength(1)
})

test('a machine keeps its id in its home, for its owner alone', async () => {
  const again = await world.machine('laptop')
  expect(again.context.machine).toEqual(laptop.context.machine)
  const other = await world.machine('other')
  expect(other.context.machine!.id).not.toBe(laptop.context.machine!.id)
})
