/** Accounts, followed files and the history of the model, as their stores have them. */

import type * as accountStore from '../../db/account-store.ts'
import type * as auditStore from '../../db/audit-store.ts'
import type * as credentialFileStore from '../../db/credential-file-store.ts'
import type { FollowedGrant } from '../../db/credential-file-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import type { ModelTables, Queries } from './model-tables.ts'

type FileNames =
  | 'saveCredentialFile'
  | 'findCredentialFile'
  | 'listFollowedGrants'
  | 'listAccountIdentities'
  | 'wasSpent'
  | 'writeAdoption'

export function accountQueries(
  tables: ModelTables,
): Queries<typeof accountStore, 'findAccountById' | 'changeAccount'> & Queries<typeof auditStore, 'recordAuditEvent'> {
  return {
    findAccountById(id) {
      const account = tables.accounts.get(id)
      return account ? { ...account } : null
    },
    changeAccount(accountId, { account: changes = {}, grant: grantChanges = {}, events = [] }) {
      const account = tables.accounts.get(accountId)
      if (account) Object.assign(account, changes)
      const grant = tables.current(accountId)
      if (grant && Object.keys(grantChanges).length > 0) tables.writeGrant(grant, grantChanges as Partial<GrantRow>)
      for (const event of events) tables.event(event)
    },
    recordAuditEvent(event) {
      tables.event(event)
      return undefined
    },
  }
}

export function fileQueries(tables: ModelTables): Queries<typeof credentialFileStore, FileNames> {
  return {
    saveCredentialFile(row) {
      tables.files.set(row.path, { ...row })
    },
    findCredentialFile(path) {
      const file = tables.files.get(path)
      return file ? { ...file } : null
    },
    listFollowedGrants(accountId) {
      const followed: FollowedGrant[] = []
      for (const grant of tables.grants.values()) {
        if (grant.retiredAt !== null || grant.credentialPath === null) continue
        if (accountId === undefined || grant.accountId === accountId) followed.push(followedGrant(tables, grant))
      }
      return followed
    },
    listAccountIdentities: () =>
      [...tables.accounts.values()].map(({ id, provider, subject, organizationId }) => ({
        id,
        provider,
        subject,
        organizationId,
      })),
    wasSpent: (fingerprint) => tables.attempts.some((attempt) => attempt.parentFingerprint === fingerprint),
    writeAdoption(expected, next, event) {
      const grant = tables.grants.get(expected.id)
      const isExpected =
        grant?.generation === expected.generation &&
        grant.accessTokenFingerprint === expected.accessTokenFingerprint &&
        grant.retiredAt === null
      const generation = expected.generation + 1
      if (grant && isExpected) tables.writeGrant(grant, { ...(next as Partial<GrantRow>), generation })
      const isThere = grant?.generation === generation && grant.accessTokenFingerprint === next.accessTokenFingerprint
      if (isThere) tables.event(event)
      return isExpected
    },
  }
}

function followedGrant(tables: ModelTables, grant: GrantRow): FollowedGrant {
  const account = tables.accounts.get(grant.accountId)!
  const { id, provider, subject, organizationId, email, displayName, organizationName, plan } = account
  const { rateLimitTier, pausedAt } = account
  return {
    account: {
      ...{ id, provider, subject, organizationId, email, displayName, organizationName, plan },
      ...{ rateLimitTier, pausedAt },
    },
    grant: {
      id: grant.id,
      custody: grant.custody,
      generation: grant.generation,
      accessTokenFingerprint: grant.accessTokenFingerprint,
      refreshTokenFingerprint: grant.refreshTokenFingerprint,
      accessTokenIssuedAt: grant.accessTokenIssuedAt,
      accessTokenExpiresAt: grant.accessTokenExpiresAt,
      loginExpiresAt: grant.loginExpiresAt,
      scopes: grant.scopes,
      clientId: grant.clientId,
      credentialPath: grant.credentialPath!,
    },
  }
}
