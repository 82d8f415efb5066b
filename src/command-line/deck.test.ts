/** The face to a running dashboard: what it refuses, and what is said when it goes away in the middle. */

import { expect, test } from 'vitest'
import type { quietFetch } from '../process-hygiene.ts'
import { deckOf, sendTo } from './deck.ts'

const ORIGIN = 'http://127.0.0.1:4747'
const TOKEN = 'FAKE-api-token-of-the-dashboard'
const deckWith = (send: () => Promise<Response>) =>
  deckOf(sendTo(ORIGIN, TOKEN, send as typeof quietFetch), ORIGIN, async () => {})

/** An answer whose connection breaks after its first bytes. */
const torn = () =>
  new Response(
    new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"id"'))
        controller.error(new TypeError('the socket was closed'))
      },
    }),
  )

test.each([
  ['nobody listens any more', () => Promise.reject(new TypeError('fetch failed'))],
  ['nothing comes in time', () => Promise.reject(new DOMException('timed out', 'TimeoutError'))],
  ['half an answer', async () => torn()],
])('%s: later, in words, and what was sent may have been done', async (_, send) => {
  const deck = deckWith(send)
  await expect(deck.call('GET', '/api/accounts')).rejects.toMatchObject({
    exitCode: 4,
    message: `The dashboard at ${ORIGIN} stopped answering.`,
  })
  const error = await deck.call('POST', '/api/accounts/acc_1/refresh').catch((refusal: Error) => refusal)
  expect(error).toMatchObject({ exitCode: 4, message: expect.stringContaining('Whether it was done is not known') })
  expect(String((error as Error).message)).not.toContain(TOKEN)
})

test('an answer that is no JSON, and an empty one', async () => {
  await expect(deckWith(async () => new Response('<html>')).call('GET', '/')).rejects.toMatchObject({ exitCode: 1 })
  expect(await deckWith(async () => new Response(null, { status: 204 })).call('DELETE', '/')).toBeNull()
})

test.each([
  ['invalid_request', 2],
  ['unknown_provider', 2],
  ['method_not_offered', 2],
  ['revoke_would_break_cli', 2],
  ['reauthorization_required', 3],
  ['provider_unreachable', 4],
  ['provider_rate_limited', 4],
  ['file_torn', 4],
  ['activation_outgoing_doubtful', 4],
  ['key_rotation_under_way', 75],
  ['profile_in_use', 75],
  ['ports_taken', 75],
  ['label_invalid', 1],
])('the problem %s ends with %d and keeps its code', async (code, exitCode) => {
  const deck = deckWith(async () => Response.json({ code, title: 'No', detail: 'Because.' }, { status: 409 }))
  await expect(deck.call('GET', '/')).rejects.toMatchObject({ exitCode, problem: code, message: 'No. Because.' })
})
