/** A network that says nothing must not hold up the program. */

import { expect, test } from 'vitest'
import { withDeadline } from './remote-fetch.ts'

const request = () => new Request('https://primary.example.test/v2/pipeline', { method: 'POST', body: '{}' })
const deadlines = { usual: 60, silent: 5 }
const timed = async (work: Promise<unknown>) => {
  const startedAt = performance.now()
  const error = await work.then(
    () => null,
    (thrown: { code?: string }) => thrown.code,
  )
  return { error, ms: performance.now() - startedAt }
}

test('a request without an answer, and one whose body stops in the middle, end at the deadline', async () => {
  const silent = withDeadline(() => new Promise<Response>(() => {}), deadlines)
  expect((await timed(silent(request()))).error).toBe('ETIMEDOUT')
  const halting = withDeadline(
    async () => new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(3)) })),
    deadlines,
  )
  expect((await timed(halting(request()))).error).toBe('ETIMEDOUT')
})

test('while it is silent one request probes and the others give up soon; the first answer ends that', async () => {
  let answer = false
  const send = withDeadline(
    () => (answer ? Promise.resolve(new Response('{}')) : new Promise<Response>(() => {})),
    deadlines,
  )
  await timed(send(request()))
  const [probe, other] = await Promise.all([timed(send(request())), timed(send(request()))])
  expect(probe.ms).toBeGreaterThan(50)
  expect(other.ms).toBeLessThan(50)
  answer = true
  expect((await send(request())).status).toBe(200)
})

test('a redirect is not followed: the body would go to another host', async () => {
  let redirect: string | undefined
  await withDeadline(async (sent) => {
    redirect = sent.redirect
    return new Response('{}')
  })(request())
  expect(redirect).toBe('error')
})
