/**
 * The tables. Facts with their times; a status is never stored but derived (see accounts/health.ts). Instants are epoch
 * milliseconds. `*Sealed` columns hold vault envelopes, bound to their row; nothing here can open them.
 */

import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** Facts about this installation: key id and source, key check, installation id. Written by the vault and by db/client.ts. */
export const meta = sqliteTable('meta', {
  name: text().primaryKey(),
  value: text().notNull(),
})

/** Choices of the owner: language, theme, mask, consent. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text().notNull(),
  changedAt: integer().notNull(),
})

/** An identity at a provider: provider + subject + organisation or workspace. One card each. */
export const accounts = sqliteTable(
  'accounts',
  {
    id: text().primaryKey(),
    provider: text().notNull(),
    subject: text().notNull(),
    /** Organisation (Claude) or workspace (Codex); empty where the provider has none, so that the unique index holds. */
    organizationId: text().notNull().default(''),
    organizationName: text(),
    email: text(),
    displayName: text(),
    plan: text(),
    rateLimitTier: text(),
    label: text(),
    position: integer().notNull(),
    pausedAt: integer(),
    profileReadAt: integer(),
    /** Why the last profile read failed: a stable code; null after a good one. */
    profileFailure: text(),
    createdAt: integer().notNull(),
  },
  (table) => [uniqueIndex('accounts_identity').on(table.provider, table.subject, table.organizationId)],
)

/**
 * One login: an access token, mostly a refresh token, and who may refresh it. At most one per account is not retired;
 * a new sign-in retires the old one after the new one is durable.
 */
export const grants = sqliteTable(
  'grants',
  {
    id: text().primaryKey(),
    accountId: text()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** dashboard | cli | none */
    custody: text().notNull(),
    /** How it came here: callback, paste, device, token_pair, access_token, setup_token, link, take_over, cli_profile. */
    origin: text().notNull(),
    /** Counts rotations, from 1. Bound into every envelope of this row. */
    generation: integer().notNull().default(1),
    accessTokenSealed: text().notNull(),
    refreshTokenSealed: text(),
    idTokenSealed: text(),
    /** Keyed fingerprints: equality without the token. */
    accessTokenFingerprint: text().notNull(),
    refreshTokenFingerprint: text(),
    /** The client that obtained it, where that is not the provider's configured one. */
    clientId: text(),
    scopes: text({ mode: 'json' }).$type<string[]>().notNull(),
    accessTokenIssuedAt: integer().notNull(),
    accessTokenExpiresAt: integer(),
    /** The end of the whole login where the provider names one (Claude: refresh_token_expires_in). */
    loginExpiresAt: integer(),
    /** The file it is followed in (custody cli), or that also holds a copy (taken over). */
    credentialPath: text(),
    /** The machine that this path is on. */
    credentialMachineId: text(),
    createdAt: integer().notNull(),
    retiredAt: integer(),
    /** When the provider last accepted it: sign-in, refresh, profile. */
    lastProofAt: integer(),
    /** A terminal refusal: only a person can mend it. */
    refusedAt: integer(),
    refusalCode: text(),
    /** A refresh was sent and its outcome is not known. */
    uncertainAt: integer(),
    /** It came back from an older state of the database: its refresh token may have been spent since. */
    suspectAt: integer(),
    /** Consecutive failed refreshes since the last good one. */
    failures: integer().notNull().default(0),
    lastFailureAt: integer(),
    lastFailureCode: text(),
    lastFailureDetail: text(),
    /** When the scheduler tries next; null = nobody will. Indexed, so that "what is due?" costs the same at any size. */
    nextRefreshAt: integer(),
    leaseOwner: text(),
    leaseEpoch: integer().notNull().default(0),
    /** By the database's own clock. */
    leaseUntil: integer(),
  },
  (table) => [
    uniqueIndex('grants_current').on(table.accountId).where(sql`retired_at is null`),
    index('grants_due').on(table.nextRefreshAt).where(sql`retired_at is null and next_refresh_at is not null`),
    index('grants_by_refresh_token').on(table.refreshTokenFingerprint),
  ],
)

/** A refresh, recorded before it is sent. One left at `intent` after a crash has an unknown outcome. */
export const attempts = sqliteTable(
  'attempts',
  {
    id: text().primaryKey(),
    grantId: text()
      .notNull()
      .references(() => grants.id, { onDelete: 'cascade' }),
    generation: integer().notNull(),
    parentFingerprint: text().notNull(),
    owner: text().notNull(),
    leaseEpoch: integer().notNull(),
    /** scheduled | requested | token_needed | rejected_token | retry_after_unknown */
    purpose: text().notNull(),
    /** intent | done | not_sent | refused | transient | unknown | quarantined */
    outcome: text().notNull(),
    startedAt: integer().notNull(),
    endedAt: integer(),
    httpStatus: integer(),
    code: text(),
  },
  (table) => [
    index('attempts_by_grant').on(table.grantId, table.startedAt),
    index('attempts_open').on(table.grantId).where(sql`outcome = 'intent'`),
  ],
)

/** Whole 2xx answers, sealed as they came, before anything else is done with them. */
export const inbox = sqliteTable(
  'inbox',
  {
    id: text().primaryKey(),
    accountId: text()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    grantId: text().notNull(),
    generation: integer().notNull(),
    parentFingerprint: text().notNull(),
    answerSealed: text().notNull(),
    receivedAt: integer().notNull(),
    appliedAt: integer(),
    quarantinedAt: integer(),
    quarantineReason: text(),
  },
  (table) => [index('inbox_open').on(table.receivedAt).where(sql`applied_at is null`)],
)

/** A sign-in that was begun: state, verifier and deadline, kept until its response comes. */
export const authorizations = sqliteTable('authorizations', {
  id: text().primaryKey(),
  provider: text().notNull(),
  /** callback | paste | device | cli_profile */
  method: text().notNull(),
  /** Which of the provider's other sign-ins it is, such as `console`; null for the usual one. */
  variant: text(),
  /** Set when an existing account signs in again: another identity is refused. */
  accountId: text().references(() => accounts.id, { onDelete: 'cascade' }),
  label: text(),
  stateFingerprint: text().notNull(),
  stateSealed: text().notNull(),
  codeVerifierSealed: text().notNull(),
  redirectUri: text().notNull(),
  /** Hash of the Lax cookie of the browser that began it; null when a program did. */
  browserHash: text(),
  deviceCodeSealed: text(),
  userCode: text(),
  verificationUri: text(),
  pollIntervalMs: integer(),
  /** The profile directory of a CLI-held sign-in. */
  profilePath: text(),
  createdAt: integer().notNull(),
  expiresAt: integer().notNull(),
  exchangingAt: integer(),
  completedAt: integer(),
  completedAccountId: text(),
  failedAt: integer(),
  failureCode: text(),
  failureDetail: text(),
  cancelledAt: integer(),
})

/** Credential files that are followed, and what was last seen in them. */
export const credentialFiles = sqliteTable(
  'credential_files',
  {
    /** The machine that the path is on; '' where a program runs without a home. Two machines may have the same paths. */
    machineId: text().notNull(),
    path: text().notNull(),
    provider: text().notNull(),
    /** default | environment | profile | other */
    kind: text().notNull(),
    accountId: text().references(() => accounts.id, { onDelete: 'set null' }),
    /** live | blanked | torn | missing | api_key | keyring | not_permitted | foreign */
    state: text().notNull(),
    observedAt: integer().notNull(),
    modifiedAt: integer(),
    subject: text(),
    organizationId: text(),
    email: text(),
    refreshTokenFingerprint: text(),
    accessTokenExpiresAt: integer(),
  },
  (table) => [primaryKey({ columns: [table.machineId, table.path] })],
)

/** What happened, for the person who asks later. Details are ids, codes and paths: never a secret. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    accountId: text(),
    kind: text().notNull(),
    /** browser | api | cli | scheduler | watcher | startup */
    actor: text().notNull(),
    details: text({ mode: 'json' }).$type<Record<string, string | number | boolean | null>>().notNull(),
    /** Keyed MAC over this event and the MAC before it: the chain. Null until the event has been chained. */
    mac: text(),
  },
  (table) => [
    index('audit_events_by_account').on(table.accountId, table.at),
    index('audit_events_unchained').on(table.id).where(sql`mac is null`),
  ],
)

/**
 * Every generation that a grant ever had, and how it came and went. Known by keyed fingerprints, never by a token. It is
 * history: it outlives its account.
 */
export const generations = sqliteTable(
  'generations',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    accountId: text().notNull(),
    grantId: text().notNull(),
    generation: integer().notNull(),
    /** signed_in | refreshed | adopted | linked | taken_over | added | handed_over | restored */
    how: text().notNull(),
    custody: text().notNull(),
    actor: text().notNull(),
    /** Why: the purpose of the refresh, the path of the file, the machine. Never a secret. */
    why: text(),
    at: integer().notNull(),
    refreshTokenFingerprint: text(),
    accessTokenExpiresAt: integer(),
    /** replaced | lost | refused | revoked | retired | removed; null while it is the current one. */
    endedHow: text(),
    endedAt: integer(),
    endedWhy: text(),
  },
  (table) => [
    // A generation that changes hands begins anew under its number.
    uniqueIndex('generations_of_grant').on(table.grantId, table.generation, table.how, table.at),
    index('generations_by_account').on(table.accountId, table.at),
    index('generations_by_refresh_token').on(table.refreshTokenFingerprint),
  ],
)

/** Every request that went to a provider: when, for whom, why, and what came of it. Kept for 90 days. */
export const providerCalls = sqliteTable(
  'provider_calls',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    provider: text().notNull(),
    accountId: text(),
    /** token | revocation | profile | usage | device | other */
    endpoint: text().notNull(),
    /** Why: scheduled, requested, token_needed, sign_in, removal … */
    why: text().notNull(),
    /** answered | not_sent | interrupted */
    outcome: text().notNull(),
    httpStatus: integer(),
    code: text(),
    durationMs: integer().notNull(),
    /** Calls left in the rolling hour of this identity and endpoint, where there is a budget. */
    budgetLeft: integer(),
  },
  (table) => [
    index('provider_calls_by_time').on(table.at),
    index('provider_calls_by_account').on(table.accountId, table.at),
  ],
)

/** Logins that are being ended at a provider. They outlive their account: a 503 means that the login is still valid there. */
export const revocations = sqliteTable(
  'revocations',
  {
    id: text().primaryKey(),
    provider: text().notNull(),
    accountId: text().notNull(),
    /** How the person knew the account, for the page. */
    accountName: text().notNull(),
    tokenSealed: text().notNull(),
    tokenHint: text().notNull(),
    clientId: text(),
    actor: text().notNull(),
    requestedAt: integer().notNull(),
    tries: integer().notNull().default(0),
    nextTryAt: integer(),
    lastFailureCode: text(),
    confirmedAt: integer(),
    gaveUpAt: integer(),
  },
  (table) => [index('revocations_due').on(table.nextTryAt).where(sql`next_try_at is not null`)],
)

/** Machines that share this database. */
export const machines = sqliteTable('machines', {
  id: text().primaryKey(),
  name: text().notNull(),
  firstSeenAt: integer().notNull(),
  lastSeenAt: integer().notNull(),
  /** Its copies were moved to another machine: it may not refresh any more. */
  retiredAt: integer(),
})

/** Copies of a login outside this database that are known of: files, profiles, exports, backups. By fingerprint, never by token. */
export const grantCopies = sqliteTable(
  'grant_copies',
  {
    id: text().primaryKey(),
    accountId: text()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** cli_file | profile | export | backup */
    kind: text().notNull(),
    /** Null in records of old: nobody knows. */
    machineId: text(),
    /** A path or another readable place. */
    place: text().notNull(),
    /** The grant whose tokens lie here or lay here before they were replaced by unknown ones; null: never one of ours. */
    grantId: text(),
    refreshTokenFingerprint: text(),
    /** What it was when it was seen; which one it is now is looked up by the fingerprint. */
    generation: integer(),
    accessTokenExpiresAt: integer(),
    mayRefresh: integer({ mode: 'boolean' }).notNull(),
    seenAt: integer().notNull(),
    goneAt: integer(),
  },
  (table) => [
    uniqueIndex('grant_copies_place').on(table.accountId, table.kind, table.machineId, table.place),
    index('grant_copies_by_place').on(table.machineId, table.place),
    index('grant_copies_by_refresh_token').on(table.refreshTokenFingerprint),
  ],
)

/** Signed-in browsers. The cookie's hash only. */
export const sessions = sqliteTable('sessions', {
  idHash: text().primaryKey(),
  createdAt: integer().notNull(),
  lastSeenAt: integer().notNull(),
  userAgent: text(),
})
