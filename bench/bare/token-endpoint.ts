/**
 * A token endpoint and nothing else: rotates every refresh token that it is given, after DELAY_MS, and counts the exchanges
 * of each family. `token-endpoint.ts PORT DELAY_MS EXPIRES_IN`. Its tokens are `sk-ant-ort01-FAKE-FAMILY-NUMBER`.
 */

const [port, delayMs, expiresIn] = Bun.argv.slice(2).map(Number) as [number, number, number]
const exchanges = new Map<string, number>()

async function exchange(request: Request): Promise<Response> {
  const { refresh_token: spent } = (await request.json()) as { refresh_token: string }
  const family = /-FAKE-([^-]+)-/.exec(spent)?.[1] ?? 'unknown'
  const number = (exchanges.get(family) ?? 0) + 1
  exchanges.set(family, number)
  if (delayMs > 0) await Bun.sleep(delayMs)
  const tail = `${family}-${String(number + 1).padStart(4, '0')}-${'x'.repeat(80)}`
  return Response.json({
    token_type: 'Bearer',
    access_token: `sk-ant-oat01-FAKE-${tail}`,
    refresh_token: `sk-ant-ort01-FAKE-${tail}`,
    expires_in: expiresIn,
    scope: 'user:profile user:inference',
    // By the clock that all processes of this machine share; milliseconds with fractions.
    sent_at: performance.timeOrigin + performance.now(),
  })
}

export const server = Bun.serve({
  hostname: '127.0.0.1',
  port,
  routes: {
    '/healthz': () => new Response('ok'),
    '/exchanges': () => Response.json(Object.fromEntries(exchanges)),
    '/claude/v1/oauth/token': { POST: exchange },
  },
})
