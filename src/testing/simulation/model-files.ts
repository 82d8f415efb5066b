/** Accounts, followed files and the history of the model, as their stores have them. */

import type * as accountStore from '../../db/account-store.ts'
import type * as auditStore from '../../db/audit-store.ts'
import type * as credentialFileStore from '../../db/credential-file-store.ts'
import type { FollowedGrant } from '../../db/credential-file-store.ts'
import type * as generationStore from '../../db/generation-store.ts'
import type * as grantCopyStore from '../../db/grant-copy-store.ts'
import type { CopyRow } from '../../db/grant-copy-store.ts'
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
    saveCredentialFile(row, copies = []) {
      tables.files.set(`${row.machineId} ${row.path}`, { ...row })
      for (const copy of copies) putCopy(tables, copy)
    },
    findCredentialFile({ machineId, path }) {
      const file = tables.files.get(`${machineId} ${path}`)
      return file ? { ...file } : null
    },
    listFollowedGrants({ machineId, accountId }) {
      const followed: FollowedGrant[] = []
      for (const grant of tables.grants.values()) {
        if (grant.retiredAt !== null || (accountId !== undefined && grant.accountId !== accountId)) continue
        const isHere = (grant.credentialMachineId ?? machineId) === machineId
        const own = isHere ? grant.credentialPath : null
        const copies = [...tables.copies.values()].filter(
          (copy) =>
            isThere(copy) && copy.grantId === grant.id && copy.machineId === machineId && grant.custody === 'dashboard',
        )
        const paths = new Set([...(own === null ? [] : [own]), ...copies.map(({ place }) => place)])
        for (const path of paths) followed.push(followedGrant(tables, grant, path, path === own))
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
    wasSpent: (fingerprint) =>
      tables.attempts.some((attempt) => attempt.parentFingerprint === fingerprint && attempt.outcome !== 'not_sent'),
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

type CopyNames = 'listCopiesAt' | 'findFamily' | 'keepCopies'

export function lineageQueries(tables: ModelTables): Queries<typeof generationStore, 'wasCurrent'> {
  return {
    wasCurrent: (fingerprint) => tables.generations.some((generation) => generation.fingerprint === fingerprint),
  }
}

export function copyQueries(tables: ModelTables): Queries<typeof grantCopyStore, CopyNames> {
  return {
    listCopiesAt: ({ machineId, place }) =>
      [...tables.copies.values()]
        .filter((copy) => isThere(copy) && copy.machineId === machineId && copy.place === place)
        .map((copy) => ({ ...copy })),
    findFamily(fingerprint) {
      const known = tables.generations.filter((one) => one.fingerprint === fingerprint && tables.current(one.accountId))
      const isOwn = (one: { accountId: string; grantId: string }) => tables.current(one.accountId)!.id === one.grantId
      const family = known.findLast(isOwn) ?? known.at(-1)
      if (!family) return null
      const { accountId, grantId, generation } = family
      return { accountId, grantId, generation }
    },
    keepCopies(copies) {
      for (const copy of copies) putCopy(tables, copy)
    },
  }
}

function isThere({ goneAt }: CopyRow): boolean {
  return goneAt === null
}

function putCopy(tables: ModelTables, copy: CopyRow): void {
  const { accountId, kind, machineId, place } = copy
  const key = [accountId, kind, machineId, place].join(' ')
  tables.copies.set(key, { ...copy, id: tables.copies.get(key)?.id ?? copy.id })
}

function followedGrant(tables: ModelTables, grant: GrantRow, path: string, isFollowed: boolean): FollowedGrant {
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
      credentialPath: path,
      isFollowed,
    },
  }
}
