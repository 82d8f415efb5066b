/** One row of every kind that holds envelopes, for each of many accounts; and a look at whether they all still open. */

import { sql } from 'drizzle-orm'
import type { AccountsContext } from '../accounts/context.ts'
import { answerPlace, sealTokens } from '../accounts/grant-tokens.ts'
import { placeOf } from '../accounts/sealed-places.ts'
import { accounts, authorizations, grants, inbox, meta, revocations } from '../db/schema.ts'
import { backupFiles, backups, cliMembers } from '../db/schema-activations.ts'
import { alertChannels } from '../db/schema-alerts.ts'
import { consoleKeys } from '../db/schema-console-keys.ts'
import type { SealedColumnName, SealedRow } from '../db/sealed-row-store.ts'
import { Secret } from '../lib/secret.ts'

/** What no sealed row may show. */
export const SEALED_CANARY = 'FAKE-canary-of-a-rotation'

const secretOf = (name: string) => new Secret(`${SEALED_CANARY}-${name}-${'x'.repeat(120)}`)

export async function fillSealed(context: AccountsContext, count: number): Promise<void> {
  const { database, vault } = context
  const seal = (column: SealedColumnName, row: Pick<SealedRow, 'owner' | 'generation'>) =>
    vault.seal(placeOf(column, row), secretOf(`${column}-${row.owner}`))
  for (let at = 0; at < count; at++) {
    const [id, owner, generation] = [`row_${at}`, `acc_${at}`, 3]
    const common = { id, accountId: owner, generation }
    const own = { owner: id, generation: 0 }
    const tokens = sealTokens(vault, owner, generation, {
      accessToken: secretOf(`grants.access_token_sealed-${owner}`),
      refreshToken: secretOf(`grants.refresh_token_sealed-${owner}`),
      idToken: secretOf(`grants.id_token_sealed-${owner}`),
    })
    await database.batch([
      database.insert(accounts).values({ id: owner, provider: 'claude', subject: owner, position: at, createdAt: 1 }),
      database.insert(grants).values({
        ...{ ...common, ...tokens, custody: 'dashboard', origin: 'paste', scopes: [], createdAt: 1 },
        accessTokenIssuedAt: 1,
      }),
      database.insert(inbox).values({
        ...{ ...common, grantId: id, parentFingerprint: 'f', receivedAt: 1, appliedAt: 2 },
        answerSealed: seal('inbox.answer_sealed', { owner, generation }),
      }),
      database.insert(authorizations).values({
        ...{ id, provider: 'codex', method: 'device', stateFingerprint: 'f', redirectUri: '' },
        ...{ createdAt: 1, expiresAt: 4e12, cancelledAt: 1 },
        stateSealed: seal('authorizations.state_sealed', own),
        codeVerifierSealed: seal('authorizations.code_verifier_sealed', own),
        deviceCodeSealed: seal('authorizations.device_code_sealed', own),
      }),
      database.insert(revocations).values({
        ...{ id, provider: 'claude', accountId: owner, accountName: owner, tokenHint: 'refresh_token', actor: 'cli' },
        ...{ requestedAt: 1, confirmedAt: 2 },
        tokenSealed: seal('revocations.token_sealed', own),
      }),
      database.insert(backups).values({
        ...{ id, activationId: id, machineId: 'mac_a', provider: 'claude', directory: '/x', at: 1, expiresAt: 4e12 },
      }),
      database.insert(backupFiles).values({
        ...{ id, backupId: id, path: '/x/y', contentSealed: seal('backup_files.content_sealed', own) },
      }),
      database.insert(cliMembers).values({
        accountId: owner,
        membersSealed: seal('cli_members.members_sealed', { owner, generation: 0 }),
        at: 1,
      }),
      database.insert(consoleKeys).values({
        ...{ id, accountId: owner, name: owner, hint: 'FAKE', createdAt: 1 },
        keySealed: seal('console_keys.key_sealed', own),
      }),
      database.insert(alertChannels).values({
        ...{ id, kind: 'webhook', name: id, isPrivateAllowed: false, includesNames: false, createdAt: 1 },
        targetSealed: seal('alert_channels.target_sealed', own),
        signingKeySealed: seal('alert_channels.signing_key_sealed', own),
      }),
    ])
  }
}

/** As many answers in the spool, of accounts that are there. */
export function fillSpool({ vault, answerSpool }: AccountsContext, count: number): void {
  for (let at = 0; at < count; at++) {
    const [accountId, generation] = [`acc_${at}`, 7]
    const attempt = { id: `att_${at}`, grantId: `row_${at}`, accountId, owner: 'p', leaseEpoch: 1, generation }
    const answer = secretOf(`inbox.answer_sealed-${accountId}`)
    answerSpool!.write({
      attempt: { ...attempt, parentFingerprint: 'f' },
      sealed: { id: `ans_${at}`, answerSealed: vault.seal(answerPlace(accountId, generation), answer), receivedAt: 1 },
      next: sealTokens(vault, accountId, generation + 1, {
        accessToken: secretOf(`grants.access_token_sealed-${accountId}`),
        refreshToken: secretOf(`grants.refresh_token_sealed-${accountId}`),
        idToken: null,
      }),
      details: {},
      actor: 'scheduler',
    })
  }
}

/** How many envelopes there are, and how many of them open at their places as what was sealed there. */
export async function countReadable(context: AccountsContext): Promise<{ envelopes: number; readable: number }> {
  const { database, vault } = context
  const found = { envelopes: 0, readable: 0 }
  const look = (
    column: SealedColumnName,
    row: Pick<SealedRow, 'owner' | 'generation'>,
    envelope: string | null | undefined,
  ) => {
    if (!envelope?.startsWith('v1.')) return
    found.envelopes++
    try {
      const text = vault.open(placeOf(column, row), envelope).reveal()
      if (column === 'meta.value' || text === secretOf(`${column}-${row.owner}`).reveal()) found.readable++
    } catch {
      // Counted as not readable.
    }
  }
  for (const row of await database.select().from(grants)) {
    const place = { owner: row.accountId, generation: row.generation }
    look('grants.access_token_sealed', place, row.accessTokenSealed)
    look('grants.refresh_token_sealed', place, row.refreshTokenSealed)
    look('grants.id_token_sealed', place, row.idTokenSealed)
  }
  for (const row of await database.select().from(inbox))
    look('inbox.answer_sealed', { owner: row.accountId, generation: row.generation }, row.answerSealed)
  for (const row of await database.select().from(authorizations)) {
    const place = { owner: row.id, generation: 0 }
    look('authorizations.state_sealed', place, row.stateSealed)
    look('authorizations.code_verifier_sealed', place, row.codeVerifierSealed)
    look('authorizations.device_code_sealed', place, row.deviceCodeSealed)
  }
  for (const row of await database.select().from(revocations))
    look('revocations.token_sealed', { owner: row.id, generation: 0 }, row.tokenSealed)
  for (const row of await database.select().from(backupFiles))
    look('backup_files.content_sealed', { owner: row.id, generation: 0 }, row.contentSealed)
  for (const row of await database.select().from(cliMembers))
    look('cli_members.members_sealed', { owner: row.accountId, generation: 0 }, row.membersSealed)
  for (const row of await database.select().from(consoleKeys))
    look('console_keys.key_sealed', { owner: row.id, generation: 0 }, row.keySealed)
  for (const row of await database.select().from(alertChannels)) {
    look('alert_channels.target_sealed', { owner: row.id, generation: 0 }, row.targetSealed)
    look('alert_channels.signing_key_sealed', { owner: row.id, generation: 0 }, row.signingKeySealed)
  }
  for (const row of await database.select().from(meta).where(sql`${meta.name} <> 'key'`))
    look('meta.value', { owner: row.name, generation: 0 }, row.value)
  for (const { answer } of context.answerSpool?.list().answers ?? []) {
    const { accountId: owner, generation } = answer.attempt
    const place = { owner, generation: generation + 1 }
    look('inbox.answer_sealed', { owner, generation }, answer.sealed.answerSealed)
    look('grants.access_token_sealed', place, answer.next.accessTokenSealed)
    look('grants.refresh_token_sealed', place, answer.next.refreshTokenSealed)
  }
  return found
}
