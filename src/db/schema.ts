/**
 * The tables of accounts, of their logins and of what is done with them. Facts with their times; a status is never stored
 * but derived (see accounts/health.ts). Instants are epoch milliseconds. `*Sealed` columns hold vault envelopes, bound to
 * their row; nothing here can open them.
 */

import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

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

/** Signed-in browsers. The cookie's hash only. */
export const sessions = sqliteTable('sessions', {
  idHash: text().primaryKey(),
  createdAt: integer().notNull(),
  lastSeenAt: integer().notNull(),
  userAgent: text(),
})
