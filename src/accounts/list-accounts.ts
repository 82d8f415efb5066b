/**
 * Gives accounts as summaries: what pages, the API and the command line may see. Opens no token and reads no sealed column.
 */

import type { AccountFacts } from '../db/account-facts-store.ts'
import type { AccountRow } from '../db/account-store.ts'
import type { CredentialFileRow } from '../db/credential-file-store.ts'
import type { KnownCopy } from '../db/grant-copy-store.ts'
import { letOthersRun } from '../lib/let-others-run.ts'
import { factsInParts, type ListFacts, readFacts } from './account-facts.ts'
import type { AccountSummary, Custody } from './account-summary.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { deriveHealth } from './health.ts'
import { type HeldCopy, heldCopy } from './held-copies.ts'
import { thisMachineId } from './machines.ts'
import { namingStoreRefusals } from './store-refusals.ts'
import { usageOfAccount } from './usage-of-account.ts'

/** Every account, in the order that the person gave them. Errors: AccountError store_failed */
export async function listAccounts(context: AccountsContext): Promise<AccountSummary[]> {
  const accounts = await read(context)
  context.lastKnown?.keep(accounts, context.clock.now())
  return accounts
}

/** Every account, and since when this is not known to be so any more: epoch milliseconds, null while it is. */
export interface AccountsReading {
  accounts: AccountSummary[]
  staleSince: number | null
}

/**
 * Every account for somebody who looks: from memory, with its age, while a remote database is away. Not for who acts.
 *
 * Errors: AccountError store_failed when nothing was read before
 */
export async function readAccounts(context: AccountsContext): Promise<AccountsReading> {
  try {
    return { accounts: await listAccounts(context), staleSince: null }
  } catch (error) {
    const known = error instanceof AccountError && error.code === 'store_failed' ? context.lastKnown?.recall() : null
    if (!known) throw error
    return { accounts: known.accounts, staleSince: known.readAt }
  }
}

/** One account by its id. Errors: AccountError account_not_found, store_failed */
export async function getAccount(context: AccountsContext, id: string): Promise<AccountSummary> {
  const [account] = await read(context, id)
  if (!account) throw new AccountError('account_not_found', { account: id })
  return account
}

/**
 * Every account in parts, for work that goes over all of them again and again: what it holds does not grow with them. Each
 * part is in the person's order, all together are in none.
 *
 * Errors: StoreError, AccountError store_failed
 */
export async function* accountsInParts(context: AccountsContext): AsyncGenerator<AccountSummary[]> {
  // What pages show while a remote database is away is what was read last, of all accounts.
  if (context.lastKnown) return yield await listAccounts(context)
  for await (const facts of factsInParts(context)) yield facts.rows.map((row) => summaryOf(context, row, facts))
}

/** Making thousands of summaries takes a while, and others must get their turn. */
const SUMMARIZED_AT_ONCE = 2_000

function read(context: AccountsContext, id?: string): Promise<AccountSummary[]> {
  return namingStoreRefusals(async () => {
    const facts = await readFacts(context, id)
    const accounts: AccountSummary[] = []
    for (const row of facts.rows) {
      if (accounts.length > 0 && accounts.length % SUMMARIZED_AT_ONCE === 0) await letOthersRun()
      accounts.push(summaryOf(context, row, facts))
    }
    return accounts
  })
}

function summaryOf(context: AccountsContext, row: AccountFacts, facts: ListFacts): AccountSummary {
  const { files, copies, machineRetiredAt } = facts
  return summarize(context, { ...row, machineRetiredAt }, files, copies.get(row.account.id) ?? [])
}

function summarize(
  context: AccountsContext,
  { account, grant, usage: usageFacts, machineRetiredAt }: AccountFacts & { machineRetiredAt: number | null },
  files: readonly CredentialFileRow[],
  copies: readonly KnownCopy[],
): AccountSummary {
  const provider = context.providers.get(account.provider)
  const custody = grant.custody as Custody
  const machineId = thisMachineId(context)
  const now = context.clock.now()
  const ofProvider = files.filter((file) => file.provider === account.provider)
  const held = copies.map((copy) => heldCopy(copy, { ...grant, now, machineId }))
  const followedOn = grant.credentialMachineId ?? machineId
  const credentialMachine = followedOn === machineId ? null : machineName(held, followedOn)
  const usage = usageOfAccount(usageFacts, now)
  const { login, data, ownership, mainAction } = deriveHealth({
    ...grant,
    now,
    machineRetiredAt,
    subject: account.subject,
    organizationId: account.organizationId,
    profileReadAt: account.profileReadAt,
    profileFailure: account.profileFailure,
    usage: provider?.usageFormat && provider.usageUrl ? usage : null,
    pausedAt: account.pausedAt,
    custody,
    hasRefreshToken: grant.refreshTokenFingerprint !== null,
    cli: provider?.cli ?? null,
    credentialPlace:
      credentialMachine === null ? grant.credentialPath : `${credentialMachine}: ${grant.credentialPath}`,
    files: ofProvider.filter((file) => file.machineId === followedOn),
    copies: held,
  })
  return {
    id: account.id,
    provider: account.provider,
    providerName: provider?.name ?? account.provider,
    label: account.label,
    email: account.email,
    displayName: account.displayName,
    subject: account.subject,
    organization: account.organizationId === '' ? null : { id: account.organizationId, name: account.organizationName },
    // Tokens and profiles tell the plan of their time; the limits belong to the plan of now.
    plan: usageFacts.state.plan ?? account.plan,
    rateLimitTier: account.rateLimitTier,
    custody,
    origin: grant.origin,
    credentialPath: grant.credentialPath,
    credentialMachine,
    scopes: grant.scopes,
    generation: grant.generation,
    position: account.position,
    pausedAt: account.pausedAt,
    createdAt: account.createdAt,
    login: {
      ...login,
      accessTokenExpiresAt: grant.accessTokenExpiresAt,
      loginExpiresAt: grant.loginExpiresAt,
      lastProofAt: grant.lastProofAt,
      nextRefreshAt: grant.nextRefreshAt,
    },
    data: { ...data, readAt: usage.readAt ?? account.profileReadAt },
    usage,
    ownership,
    cli: provider?.cli ?? null,
    activeIn: activeIn(
      account,
      ofProvider.filter((file) => file.machineId === machineId),
      provider?.cli ?? null,
    ),
    // Of others a run only asks whether anything is to be done, and tells nobody when it ends.
    isRefreshing: custody === 'dashboard' && context.refreshes.isRunning(account.id),
    mainAction,
  }
}

/** A file that was moved away still names its machine; then its id is all that is known. */
function machineName(copies: readonly HeldCopy[], machineId: string): string {
  return copies.find(({ machine }) => machine?.id === machineId)?.machine?.name || machineId
}

/** The CLI whose own place, not a profile of ours, holds this account now. */
function activeIn(account: AccountRow, files: readonly CredentialFileRow[], cli: string | null): string[] {
  const isHeld = files.some(
    (file) =>
      file.state === 'live' &&
      (file.kind === 'default' || file.kind === 'environment') &&
      (file.accountId === account.id ||
        (file.subject === account.subject && (file.organizationId ?? '') === account.organizationId)),
  )
  return isHeld && cli !== null ? [cli] : []
}
