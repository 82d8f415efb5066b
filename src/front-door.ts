/**
 * What answers from the moment the port is open: the health check by itself, everything else by the whole application,
 * which is read from disk after that. Holds no guard and no route of its own: a request that it does not answer reaches
 * the application as it came, and all of the application's guards.
 */

import { Hono } from 'hono'
import type { AppDependencies, AppEnvironment } from './routes/dependencies.ts'
import { healthRoutes } from './routes/health.ts'
import { crossSiteGuard } from './routes/middleware/cross-site-guard.ts'
import { hostGuard } from './routes/middleware/host-guard.ts'
import { requestTarget } from './routes/middleware/request-target.ts'
import { securityHeaders } from './routes/middleware/security-headers.ts'
import { pathOf } from './routes/request-kind.ts'

type Application = Pick<Hono<AppEnvironment>, 'fetch'>

export interface FrontDoor {
  fetch(request: Request, bindings: AppEnvironment['Bindings']): Response | Promise<Response>
  /** Reads the application, once; resolves when it answers. */
  load(): Promise<void>
}

/** The door of an application that is yet to be read; `before` comes first, whoever asks for the application. */
export function createFrontDoor(deps: AppDependencies, before: () => Promise<void> = async () => {}): FrontDoor {
  let whole: Application | null = null
  let reading: Promise<Application> | null = null
  const application = () => {
    reading ??= before().then(async () => {
      const { createApp } = await import('./app.tsx')
      whole = createApp(deps)
      return whole
    })
    return reading
  }
  const health = healthCheck(deps, async (request, bindings) => (await application()).fetch(request, bindings))
  return {
    fetch(request, bindings) {
      if (whole) return whole.fetch(request, bindings)
      if (request.method === 'GET' && pathOf(request) === '/healthz') return health.fetch(request, bindings)
      return application().then((app) => app.fetch(request, bindings))
    },
    async load() {
      await application()
    },
  }
}

/** The health check behind the guards that it has in the application. What they refuse is put into words there. */
function healthCheck(deps: AppDependencies, refuse: FrontDoor['fetch']): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>({ getPath: pathOf })
  app.onError((_, c) => refuse(c.req.raw, c.env))
  app.use(async (c, next) => {
    c.set('deps', deps)
    await next()
  })
  return app.use(securityHeaders, hostGuard, requestTarget, crossSiteGuard).route('/', healthRoutes)
}
