/** Requests to a running dashboard as its owner makes them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from './home.ts'
import type { StartedServer } from './process.ts'

/** Signs in as the form with the API token does; gives the Cookie header. */
export async function signIn({ port }: Pick<StartedServer, 'port'>, home: Home): Promise<string> {
  const origin = `http://localhost:${port}`
  const response = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    headers: { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: apiToken(home) }).toString(),
    redirect: 'manual',
  })
  const cookie = response.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`The sign-in was answered with ${response.status}: ${await response.text()}`)
  return cookie
}

export function apiToken(home: Home): string {
  return readFileSync(join(home.path, 'api-token'), 'utf8').trim()
}

/** Asks as a browser does, compression included, and reads the answer to its end. Milliseconds. */
export async function timeRequest(address: string, headers: Record<string, string> = {}): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(address, {
    headers: { 'accept-encoding': 'gzip, deflate, br, zstd', ...headers },
    redirect: 'manual',
    // The client's own work is no part of the figure.
    decompress: false,
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${address} was answered with ${response.status}`)
  return performance.now() - startedAt
}

/** Opens the event stream of a page and keeps reading it; the result ends it. */
export async function openEventStream(port: number, cookie: string): Promise<() => void> {
  const ending = new AbortController()
  const response = await fetch(`http://localhost:${port}/events`, {
    headers: { cookie, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' },
    signal: ending.signal,
  })
  if (!response.ok) throw new Error(`The event stream was answered with ${response.status}`)
  void (async () => {
    try {
      for await (const _ of response.body!);
    } catch {
      // It was ended from here.
    }
  })()
  return () => ending.abort()
}
