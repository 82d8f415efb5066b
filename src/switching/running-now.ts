/** Which account each CLI's own place holds now, who uses it, and which profiles are in use. Reads only. */

import { type AccountSummary, accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import type { PlaceKind } from '../cli-credentials/credential-file.ts'
import { type RunningCli, usersOf, visibleClis } from '../cli-credentials/running-clis.ts'
import { parseEntryPath } from '../cli-credentials/token-file.ts'
import { listObservedFiles } from '../db/account-facts-store.ts'

/** One directory of a CLI. */
export interface RunningPlace {
  cli: string
  provider: string
  directory: string
  kind: PlaceKind
  /** live | blanked | missing | …, as last seen. */
  state: string
  /** Whose login it holds; `accountId` null: nobody's of ours. Null: none, or nobody can tell. */
  holder: { accountId: string | null; name: string } | null
  /** Programs that use it now, such as `claude (4242)`; null where this system does not show them. */
  usedBy: string[] | null
  /** The file that holds the login. */
  path: string
}

/**
 * The CLIs' own places that hold something, and the profiles that a program uses now.
 *
 * Shape:  `known` are the accounts where the caller has read them already
 * Errors: AccountError store_failed
 */
export function runningNow(context: AccountsContext, known?: readonly AccountSummary[]): Promise<RunningPlace[]> {
  return namingStoreRefusals(async () => {
    const machineId = thisMachineId(context)
    const observed = (await listObservedFiles(context.database)).filter((file) => file.machineId === machineId)
    if (observed.length === 0) return []
    const running = await seenProcesses(context)
    const accounts = known ?? (await listAccounts(context))
    const places: RunningPlace[] = []
    for (const file of observed) {
      const cli = context.providers.get(file.provider)?.cli
      // Files of other tools are no place of a CLI.
      if (!cli || parseEntryPath(file.path)) continue
      const directory = file.path.slice(0, file.path.lastIndexOf('/')) || file.path
      const usedBy = await usersOf(directory, running)
      const isUsed = usedBy !== null && usedBy.length > 0
      const isOwn = file.kind === 'default' || file.kind === 'environment'
      if (!isOwn && !isUsed) continue
      if (isOwn && file.state === 'missing' && !isUsed) continue
      const account = accounts.find(
        ({ id, provider, subject, organization }) =>
          id === file.accountId ||
          (provider === file.provider && subject === file.subject && (organization?.id ?? '') === file.organizationId),
      )
      const name = account ? accountName(account) : (file.email ?? file.subject)
      const holder = file.state !== 'live' || name === null ? null : { accountId: account?.id ?? null, name }
      places.push({
        cli,
        provider: file.provider,
        directory,
        kind: file.kind as RunningPlace['kind'],
        state: file.state,
        holder,
        usedBy,
        path: file.path,
      })
    }
    return places
  })
}

/** Looking through all processes takes longer than making a page; what was seen counts for this long. Milliseconds. */
const SEEN_MS = 5_000

const seen = new WeakMap<AccountsContext['events'], { at: number; running: Promise<RunningCli[] | null> }>()

function seenProcesses({ events, clock, system }: AccountsContext): Promise<RunningCli[] | null> {
  const last = seen.get(events)
  const at = clock.monotonic()
  if (last && at - last.at < SEEN_MS) return last.running
  const running = visibleClis(system.processRoot)
  seen.set(events, { at, running })
  return running
}
