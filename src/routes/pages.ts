/** The pages and acts for people, each file mounted once. */

import { Hono } from 'hono'
import type { AppEnvironment } from './dependencies.ts'

export const pageRoutes = new Hono<AppEnvironment>()
