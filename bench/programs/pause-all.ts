/** Pauses every account of the home. */

import { listAccounts } from '../../src/accounts/list-accounts.ts'
import { updateAccount } from '../../src/accounts/update-account.ts'
import { openBenchContext } from './context.ts'

const { context, close } = await openBenchContext()
for (const { id } of await listAccounts(context)) await updateAccount(context, id, { paused: true }, 'cli')
await close()
process.exit(0)
