/**
 * Finds the running server of a home and makes it prove that it is the one that wrote `server.json`, before any secret is
 * sent to it: whoever merely listens on the port does not know the key in that 0600 file.
 */

import { join } from 'node:path'
import { type Random, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { proofHolds } from '../lib/server-proof.ts'

/** A server that has proved itself. */
export interface ProvenServer {
  origin: string
}

/** What finding needs of fetch. */
export type Send = (url: string, init: BunFetchRequestInit) => Promise<Response>

/** How long a listener may take to prove itself, milliseconds. */
const PROOF_DEADLINE_MS = 2_000

/**
 * The proven server of the home, or null when none is running there.
 *
 * Shape:  home directory, fetch, chance → { origin } | null
 * Errors: none; whatever listens but cannot prove itself counts as no server
 */
export async function findServer(home: string, send: Send, random: Random): Promise<ProvenServer | null> {
  const file = await readServerFile(home)
  if (!file) return null
  const origin = `http://127.0.0.1:${file.port}`
  const challenge = randomToken(random)
  try {
    const response = await send(`${origin}/healthz`, {
      headers: { 'Tokendeck-Challenge': challenge },
      redirect: 'error',
      signal: AbortSignal.timeout(PROOF_DEADLINE_MS),
    })
    if (!proofHolds(file.proofKey, challenge, file.port, response.headers.get('Tokendeck-Proof') ?? '')) {
      await response.body?.cancel()
      return null
    }
    // Read to its end, so that the next request has this connection.
    await response.arrayBuffer()
    return { origin }
  } catch {
    return null
  }
}

async function readServerFile(home: string): Promise<{ port: number; proofKey: Secret } | null> {
  try {
    const { port, proofKey } = (await Bun.file(join(home, 'server.json')).json()) as Record<string, unknown>
    if (typeof port !== 'number' || typeof proofKey !== 'string' || proofKey.length < 32) return null
    return { port, proofKey: new Secret(proofKey) }
  } catch {
    return null
  }
}
