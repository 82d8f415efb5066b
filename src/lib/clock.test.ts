import { expect, test } from 'vitest'
import { fileStamp, systemClock } from './clock.ts'

test('a wait beyond the timer’s reach does not end at once', async () => {
  for (const ms of [2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
    const stop = new AbortController()
    const wait = systemClock.sleep(ms, stop.signal).then(() => 'ended')
    const pause = systemClock.sleep(30).then(() => 'still waiting')
    expect(await Promise.race([wait, pause])).toBe('still waiting')
    stop.abort()
    expect(await wait).toBe('ended')
  }
})

test('a wait ends at once when it is already called off, or has nothing to wait for', async () => {
  await systemClock.sleep(1e9, AbortSignal.abort())
  await systemClock.sleep(-5)
})

test('monotonic time never goes back', () => {
  const times = Array.from({ length: 1_000 }, () => systemClock.monotonic())
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('an instant in a file’s name sorts as time does, and has nothing that a file system minds', () => {
  expect(fileStamp(Date.UTC(2026, 10, 22, 16, 44, 5, 999))).toBe('20261122T164405')
})
