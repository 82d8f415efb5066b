/** Hands requests under /api to the JSON API, which is loaded at the first of them: its schemas would slow the start. */

import { Hono } from 'hono'
import type { AppEnvironment } from './dependencies.ts'

export const apiRoutes = new Hono<AppEnvironment>().all('/api/*', async (c) => {
  const { api } = await import('./api/v1/index.ts')
  return await api.fetch(c.req.raw, { ...c.env, inherited: { ...c.var } })
})
