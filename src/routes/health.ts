/** Says that the server is up, and proves to a program that it is the one that wrote this home's server file. */

import { Hono } from 'hono'
import type { AppEnvironment } from './dependencies.ts'

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

export const healthRoutes = new Hono<AppEnvironment>().get('/healthz', (c) => {
  const { access, port } = c.get('deps')
  const challenge = c.req.raw.headers.get('tokendeck-challenge')
  if (challenge && CHALLENGE.test(challenge)) c.header('Tokendeck-Proof', access.serverProof(challenge, port()))
  return c.json({ status: 'ok' })
})
