/** The pages and acts for people, each file mounted once. */

import { Hono } from 'hono'
import { activationRoutes } from './account-activations.tsx'
import { accountCustodyRoutes } from './account-custody.tsx'
import { accountRefreshRoutes } from './account-refreshes.tsx'
import { accountRemovalRoutes } from './account-removals.tsx'
import { accountUsageRoutes } from './account-usage.tsx'
import { accountRoutes } from './accounts.tsx'
import { activityRoutes } from './activity.tsx'
import { addedTokenRoutes } from './added-tokens.tsx'
import { alertRoutes } from './alerts.tsx'
import { authorizationRoutes } from './authorizations.tsx'
import { cliSignInRoutes } from './cli-sign-ins.tsx'
import { consentRoutes } from './consents.tsx'
import { consoleKeyRoutes } from './console-keys.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { importRoutes } from './imports.tsx'
import { profileRoutes } from './profiles.tsx'
import { settingsRoutes } from './settings.tsx'
import { timelineRoutes } from './timeline.tsx'
import { usageHistoryRoutes } from './usage-history.tsx'

export const pageRoutes = new Hono<AppEnvironment>()
  .route('/', accountRoutes)
  .route('/', accountCustodyRoutes)
  .route('/', accountRefreshRoutes)
  .route('/', accountRemovalRoutes)
  .route('/', activationRoutes)
  .route('/', accountUsageRoutes)
  .route('/', authorizationRoutes)
  .route('/', cliSignInRoutes)
  .route('/', consentRoutes)
  .route('/', consoleKeyRoutes)
  .route('/', addedTokenRoutes)
  .route('/', importRoutes)
  .route('/', activityRoutes)
  .route('/', alertRoutes)
  .route('/', usageHistoryRoutes)
  .route('/', timelineRoutes)
  .route('/', profileRoutes)
  .route('/', settingsRoutes)
