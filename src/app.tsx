/** @jsxImportSource #html */
/**
 * The web application: guards in their order, then routes. Made of what it is given; never listens on a port and starts
 * nothing.
 */

import { Hono } from 'hono'
import { apiRoutes } from './routes/api.ts'
import { assetRoutes } from './routes/assets.ts'
import { calendarRoutes } from './routes/calendar.ts'
import type { AppDependencies, AppEnvironment } from './routes/dependencies.ts'
import { eventRoutes } from './routes/events.tsx'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { authentication } from './routes/middleware/authentication.tsx'
import { crossSiteGuard } from './routes/middleware/cross-site-guard.ts'
import { renderError, renderNotFound } from './routes/middleware/error-rendering.tsx'
import { canonicalHost, hostGuard } from './routes/middleware/host-guard.ts'
import { requestBody } from './routes/middleware/request-body.ts'
import { requestTarget } from './routes/middleware/request-target.ts'
import { securityHeaders } from './routes/middleware/security-headers.ts'
import { settingsReader, viewContext } from './routes/middleware/view-context.ts'
import { pageRoutes } from './routes/pages.ts'
import { pathOf } from './routes/request-kind.ts'
import { sessionRoutes } from './routes/sessions.tsx'

/**
 * The dashboard as a function from requests to answers.
 *
 * Shape:  dependencies → a Hono app; tests call `.request`, the server passes its requests to `.fetch`
 */
export function createApp(deps: AppDependencies): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>({ getPath: pathOf })
  app.onError(renderError)
  app.notFound(renderNotFound)

  app.use(async (c, next) => {
    c.set('deps', deps)
    await next()
  })
  // The order is the defence: each guard may rely on the ones before it.
  app.use(securityHeaders)
  app.use(hostGuard)
  app.use(requestTarget)
  app.use(canonicalHost)
  app.use(requestBody)
  app.use(authentication)
  app.use(viewContext(settingsReader(deps)))
  app.use(crossSiteGuard)

  app.route('/', healthRoutes)
  app.route('/', assetRoutes)
  app.route('/', calendarRoutes)
  app.route('/', metricsRoutes(deps))
  app.route('/', sessionRoutes)
  app.route('/', eventRoutes(deps))
  app.route('/', apiRoutes)
  app.route('/', pageRoutes)
  return app
}
