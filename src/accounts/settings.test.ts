import { expect, test } from 'vitest'
import { writeSetting } from '../db/settings-store.ts'
import { type AppEvent, EventBus } from '../events/bus.ts'
import { systemClock } from '../lib/clock.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { changeSettings, getSettings } from './settings.ts'

async function place() {
  const { database } = await openTestDatabase()
  const events: AppEvent[] = []
  const bus = new EventBus()
  bus.subscribe((event) => events.push(event))
  return { context: { database, clock: systemClock, events: bus }, events }
}

test('nothing chosen, or nonsense kept, gives the defaults', async () => {
  const { context } = await place()
  const defaults = { language: null, theme: 'system', isMasked: false }
  expect(await getSettings(context)).toEqual(defaults)
  for (const name of ['language', 'theme', 'mask']) await writeSetting(context.database, name, '<script>', 1)
  expect(await getSettings(context)).toEqual(defaults)
})

test('a choice that no form offers is refused and changes nothing', async () => {
  const { context, events } = await place()
  await expect(changeSettings(context, { isMasked: true, theme: 'pink' as 'dark' }, 'browser')).rejects.toThrow(
    RangeError,
  )
  await expect(changeSettings(context, { language: 'en"><b>' }, 'browser')).rejects.toThrow(RangeError)
  expect((await getSettings(context)).isMasked).toBe(false)
  expect(events).toEqual([])
})

test('choices are kept, told once, and can be taken back', async () => {
  const { context, events } = await place()
  const chosen = { language: 'ja', theme: 'dark' as const, isMasked: true }
  expect(await changeSettings(context, chosen, 'browser')).toEqual(chosen)
  expect(events).toEqual([{ type: 'settings.changed' }])
  expect(await changeSettings(context, { language: null }, 'browser')).toEqual({ ...chosen, language: null })
  expect(await changeSettings(context, { isMasked: false }, 'browser')).toMatchObject({ isMasked: false })
  // Nothing chosen is no news.
  await changeSettings(context, {}, 'browser')
  expect(events).toHaveLength(3)
})
