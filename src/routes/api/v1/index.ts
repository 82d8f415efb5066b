/** The JSON API: its routes, each checked by its own schemas before the domain is called. */

import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import type { AppEnvironment } from '../../dependencies.ts'
import { renderError, renderProblem } from '../../middleware/error-rendering.tsx'
import { Refusal } from '../../problem.ts'
import { pathOf } from '../../request-kind.ts'
import { accountRoutes } from './accounts.ts'
import { activationRoutes } from './activations.ts'
import { alertRoutes } from './alerts.ts'
import { consentRoutes } from './consents.ts'
import { consoleKeyRoutes } from './console-keys.ts'
import { custodyRoutes } from './custody.ts'
import type { ApiEnvironment } from './environment.ts'
import { apiEventStream } from './events.ts'
import { exportRoutes } from './exports.ts'
import { importRoutes } from './imports.ts'
import { keyRotationRoutes } from './key-rotations.ts'
import { oauthRoutes } from './oauth.ts'
import { openApi } from './openapi.ts'
import { profileRoutes } from './profiles.ts'
import { providerRoutes } from './providers.ts'
import { revocationRoutes } from './revocations.ts'
import type { ApiRoute } from './route.ts'
import { nothing } from './schemas.ts'
import { signInLinkRoutes } from './sign-in-links.ts'
import { timelineRoutes } from './timeline.ts'
import { trailRoutes } from './trails.ts'
import { usageRoutes } from './usage.ts'

/** Every described route, for the description and for tests that walk them. */
export const apiRouteTable: readonly ApiRoute[] = [
  ...oauthRoutes,
  ...consentRoutes,
  ...accountRoutes,
  ...custodyRoutes,
  ...importRoutes,
  ...profileRoutes,
  ...providerRoutes,
  ...activationRoutes,
  ...signInLinkRoutes,
  ...trailRoutes,
  ...usageRoutes,
  ...exportRoutes,
  ...keyRotationRoutes,
  ...consoleKeyRoutes,
  ...revocationRoutes,
  ...alertRoutes,
  ...timelineRoutes,
] as ApiRoute[]

export const api = new Hono<ApiEnvironment>({ getPath: pathOf })

api.onError((error, c) => renderError(error, outer(c)))
api.notFound((c) =>
  renderProblem(outer(c), { status: 404, code: 'not_found', title: 'There is no such path in the API.' }),
)
api.use(async (c, next) => {
  for (const [name, value] of Object.entries(c.env.inherited)) c.set(name as keyof ApiEnvironment['Variables'], value)
  await next()
})

for (const route of apiRouteTable) {
  api.on(route.method.toUpperCase(), route.path, async (c) => {
    if (route.isTokenOnly && c.get('session')) throw tokenOnly()
    const { accounts } = c.get('deps')
    const answer = await route.handle({
      context: accounts,
      actor: c.get('actor'),
      language: c.get('language'),
      now: accounts.clock.now(),
      param: (name) => c.req.param(name as never) ?? '',
      query: checked(route.query ?? nothing, queryOf(c), 'query'),
      body: route.method === 'get' ? undefined : checked(route.body ?? nothing, await bodyOf(c), 'body'),
      c,
    })
    return new Response(JSON.stringify(answer), {
      status: route.answer.status,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
  })
}

let described: string | null = null

api.get('/api/openapi.json', (c) => {
  described ??= JSON.stringify(openApi(apiRouteTable, c.get('deps').version))
  return new Response(described, { headers: { 'content-type': 'application/json; charset=utf-8' } })
})

api.get('/api/events', (c) => apiEventStream(c))

function outer(c: Context<ApiEnvironment>): Context<AppEnvironment> {
  return c as unknown as Context<AppEnvironment>
}

function tokenOnly(): Refusal {
  return new Refusal({
    status: 403,
    code: 'api_token_required',
    title: 'This is for programs with the API token only.',
  })
}

/** The JSON body; no body at all counts as an empty object. */
async function bodyOf(c: Context<ApiEnvironment>): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal({ status: 400, code: 'invalid_json', title: 'The body of this request is not JSON.' })
  }
}

/** The query as an object. A parameter given twice means one thing to one reader and another to the next: refused. */
function queryOf(c: Context<ApiEnvironment>): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length !== 1) {
      throw new Refusal({ status: 400, code: 'duplicated_parameter', title: 'A query parameter was given twice.' })
    }
    query[name] = values[0]!
  }
  return { ...query }
}

function checked<T>(schema: z.ZodType<T>, input: unknown, where: 'body' | 'query'): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new Refusal({
    status: 422,
    code: 'invalid_request',
    title: `The ${where} of this request does not have the described form.`,
    detail: 'See /api/openapi.json.',
    members: {
      // Zod's messages name fields and types, never the values that were given.
      errors: result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
    },
  })
}
