/**
 * The chain of the history: each event carries a keyed MAC over itself and the MAC before it, and the head is sealed. The
 * events are written by others, inside the commits that they tell of; here they are linked, a moment later, in order.
 */

import {
  type AuditFilter,
  type AuditRow,
  growChain,
  hasNoHistory,
  listAuditKinds,
  listAuditPage,
  listStoredEvents,
  listUnchainedEvents,
  type StoredEvent,
} from '../db/audit-store.ts'
import { readMeta, writeMetaOnce } from '../db/meta-store.ts'
import { letOthersRun } from '../lib/let-others-run.ts'
import { AUDIT_HEAD_NAME, type AuditHead, CHAIN_START, openAuditHead, sealAuditHead } from '../vault/audit-head.ts'
import { canonicalText, linkEvents } from './audit-links.ts'
import type { AccountsContext } from './context.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Few enough that a refresh which ends meanwhile waits a few milliseconds at most. */
const LINKS_PER_COMMIT = 200
/** While no refresh is under way: one that begins meanwhile has its answer, the first thing that is urgent, later than this. */
const LINKS_PER_COMMIT_AT_REST = 2_000
const EVENTS_PER_LOOK = 500
/** Findings that are named one by one. */
const MOST_FINDINGS = 100

type TrailContext = Pick<AccountsContext, 'clock' | 'database' | 'log' | 'refreshes' | 'vault'>

/**
 * Begins the chain of a new installation. Where there is a history already, a missing head is not replaced: it was taken.
 *
 * Errors: StoreError
 */
export async function beginAuditTrail({ database, vault }: TrailContext): Promise<void> {
  if ((await readMeta(database, AUDIT_HEAD_NAME)) !== null || !(await hasNoHistory(database))) return
  await writeMetaOnce(database, AUDIT_HEAD_NAME, sealAuditHead(vault, CHAIN_START))
}

const growing = new WeakMap<TrailContext['database'], Promise<unknown>>()

/**
 * Links every event that is not in the chain yet. Runs one after another in this process; between processes the head
 * decides who was first. A chain without a head that opens is left as it is, for its checking to tell.
 *
 * Errors: StoreError
 */
export function growAuditTrail(context: TrailContext): Promise<void> {
  const before = growing.get(context.database) ?? Promise.resolve()
  const run = before.then(() => grow(context))
  growing.set(
    context.database,
    run.catch(() => {}),
  )
  return run
}

async function grow({ database, vault, log, refreshes }: TrailContext): Promise<void> {
  for (;;) {
    const headBefore = await readMeta(database, AUDIT_HEAD_NAME)
    const head = headBefore === null ? null : openAuditHead(vault, headBefore)
    if (headBefore === null || head === null) return log.warn('audit.head_not_readable')
    const events = await listUnchainedEvents(
      database,
      head.lastId,
      refreshes.isIdle ? LINKS_PER_COMMIT_AT_REST : LINKS_PER_COMMIT,
    )
    if (events.length === 0) return
    const { links, headAfter } = linkEvents(vault, head, events)
    await growChain(database, { headName: AUDIT_HEAD_NAME, headBefore, headAfter, links })
    await letOthersRun()
  }
}

/**
 * What is wrong with a stretch of the chain. `changed`: an event or its MAC is not what was linked, or stands in another's
 * place. `missing`: events are gone. `cut_off`: the end is gone. `not_linked`: an event stands where the chain has passed.
 * `added`: an event claims a place after the end. `head_missing`, `head_changed`: nothing says where the chain ends.
 */
export type AuditFindingKind =
  | 'changed'
  | 'missing'
  | 'cut_off'
  | 'not_linked'
  | 'added'
  | 'head_missing'
  | 'head_changed'

export interface AuditFinding {
  kind: AuditFindingKind
  /** The events, by id, from the first to the last; both 0 for the head. */
  firstId: number
  lastId: number
}

export interface AuditVerification {
  isWhole: boolean
  /** Events that were looked at. */
  events: number
  /** Events that came while it was looked at and are linked next. */
  pending: number
  /** At most a hundred. */
  findings: AuditFinding[]
  findingCount: number
  /** Milliseconds. */
  durationMs: number
}

/**
 * Links what is left and checks the whole chain against its head.
 *
 * Errors: AccountError store_failed
 */
export function verifyAuditTrail(context: TrailContext): Promise<AuditVerification> {
  return namingStoreRefusals(async () => {
    const startedAt = context.clock.monotonic()
    await growAuditTrail(context)
    const check = new ChainCheck(context.vault)
    const sealed = await readMeta(context.database, AUDIT_HEAD_NAME)
    const head = sealed === null ? null : openAuditHead(context.vault, sealed)
    if (head === null) check.find(sealed === null ? 'head_missing' : 'head_changed', 0, 0)
    for (let after = 0; ; ) {
      const events = await listStoredEvents(context.database, after, EVENTS_PER_LOOK)
      for (const event of events) check.look(event, head)
      if (events.length < EVENTS_PER_LOOK) break
      after = events.at(-1)!.id
      await letOthersRun()
    }
    if (head !== null) check.end(head)
    const { events, pending, findings, findingCount } = check
    const durationMs = Math.round(context.clock.monotonic() - startedAt)
    return { isWhole: findingCount === 0, events, pending, findings, findingCount, durationMs }
  })
}

/** A walk along the chain. After a break it goes on from what is stored there, so that one change is one finding. */
class ChainCheck {
  events = 0
  pending = 0
  findingCount = 0
  readonly findings: AuditFinding[] = []
  #lastId = 0
  #linked = 0
  /** MACs that the next event may be linked to: the stored one, and the right one where the stored one is not it. */
  #previous: string[] = ['']
  /** The same at the last event that the head knows of. */
  #endMacs: string[] = ['']
  readonly #vault: TrailContext['vault']

  constructor(vault: TrailContext['vault']) {
    this.#vault = vault
  }

  find(kind: AuditFindingKind, firstId: number, lastId: number): void {
    this.findingCount += 1
    if (this.findings.length < MOST_FINDINGS) this.findings.push({ kind, firstId, lastId })
  }

  look(event: StoredEvent, head: AuditHead | null): void {
    this.events += 1
    const text = canonicalText(event)
    const rightMacs = this.#previous.map((previous) => this.#vault.chain(previous, text))
    const isRight = event.mac !== null && rightMacs.includes(event.mac)
    if (head !== null && event.id > head.lastId) {
      // It came after the head was read. A MAC that is not right was put there by somebody else.
      if (event.mac === null) this.pending += 1
      else if (isRight) this.#previous = [event.mac]
      else this.find('added', event.id, event.id)
      return
    }
    const isGap = event.id > this.#lastId + 1
    if (event.mac === null) this.find('not_linked', event.id, event.id)
    else if (!isRight && isGap) this.find('missing', this.#lastId + 1, event.id - 1)
    else if (!isRight) this.find('changed', event.id, event.id)
    this.#previous = event.mac === null ? rightMacs : isRight ? [event.mac] : [event.mac, rightMacs[0]!]
    this.#linked += event.mac === null ? 0 : 1
    this.#lastId = event.id
    this.#endMacs = this.#previous
  }

  end({ lastId, count, mac }: AuditHead): void {
    const isSame = this.#linked === count && this.#endMacs.includes(mac)
    if (this.#lastId < lastId) this.find('cut_off', this.#lastId + 1, lastId)
    else if (this.findingCount === 0 && !isSame) this.find('head_changed', 0, 0)
  }
}

/** Everything that happened, newest first. Errors: AccountError store_failed */
export function listActivity(context: TrailContext, filter: AuditFilter): Promise<AuditRow[]> {
  return namingStoreRefusals(() => listAuditPage(context.database, filter))
}

/** Every kind of event that happened. Errors: AccountError store_failed */
export function listActivityKinds(context: TrailContext): Promise<string[]> {
  return namingStoreRefusals(() => listAuditKinds(context.database))
}
