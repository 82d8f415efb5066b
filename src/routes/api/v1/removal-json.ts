/** What a removal came to, as the API gives it. */

import type { z } from 'zod'
import type { removeAccount } from '../../../accounts/remove-account.ts'
import type { removal } from './schemas.ts'

type Removal = Awaited<ReturnType<typeof removeAccount>>

export function removalJson({ accountId, provider, revocation, revocationCode }: Removal): z.infer<typeof removal> {
  return { account_id: accountId, provider, revocation, revocation_code: revocationCode }
}
