/** Hono's environment for the JSON API: what the guards of the outer app found is handed in with the request. */

import type { AppEnvironment } from '../../dependencies.ts'

export interface ApiEnvironment {
  Bindings: AppEnvironment['Bindings'] & { inherited: AppEnvironment['Variables'] }
  Variables: AppEnvironment['Variables']
}
