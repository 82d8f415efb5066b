import { expect, test } from 'vitest'
import { SingleFlight } from './single-flight.ts'

test('callers of one key share a run, other keys do not wait for it', async () => {
  const flights = new SingleFlight<number>()
  let runs = 0
  let finish = () => {}
  const slow = () => {
    runs++
    return new Promise<number>((resolve) => {
      finish = () => resolve(runs)
    })
  }
  const callers = Array.from({ length: 200 }, () => flights.run('a', slow))
  expect(await flights.run('b', async () => 7)).toBe(7)
  expect(flights.isRunning('a')).toBe(true)
  finish()
  expect(new Set(await Promise.all(callers))).toEqual(new Set([1]))
  expect(runs).toBe(1)
})

test('a failure reaches every caller and is not kept for the next one', async () => {
  const flights = new SingleFlight<string>()
  const failing = () => Promise.reject(new Error('down'))
  const both = [flights.run('a', failing), flights.run('a', failing)]
  for (const result of both) await expect(result).rejects.toThrow('down')
  expect(flights.isRunning('a')).toBe(false)
  expect(await flights.run('a', async () => 'up')).toBe('up')
})

test('settled waits for what is under way, also for what fails', async () => {
  const flights = new SingleFlight<void>()
  let ended = false
  const run = flights.run('a', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    ended = true
    throw new Error('down')
  })
  run.catch(() => {})
  await flights.settled()
  expect(ended).toBe(true)
})

test('is idle while nothing runs', async () => {
  const flights = new SingleFlight<number>()
  expect(flights.isIdle).toBe(true)
  const run = flights.run('a', async () => 1)
  expect(flights.isIdle).toBe(false)
  await run
  expect(flights.isIdle).toBe(true)
})
