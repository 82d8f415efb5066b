/**
 * Which crossings are told, and when not: the person's choices. Kept as one setting, over what config.toml says; what cannot
 * be read counts as not chosen.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { recordAuditEvent } from '../db/audit-store.ts'
import { readSettings, writeSetting } from '../db/settings-store.ts'

export const ALERT_KINDS = [
  'usage',
  'forecast',
  'login_ends_soon',
  'sign_in_needed',
  'conflict',
  'provider_trouble',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Minutes of the local day; `from` after `until` goes over midnight. */
export interface QuietHours {
  from: number
  until: number
}

export interface AlertRules {
  kinds: Record<AlertKind, boolean>
  /** Percent of a window, ascending. */
  usageThresholds: number[]
  /** Days before the end of a login, descending. */
  loginEndDays: number[]
  quietHours: QuietHours | null
}

export const DEFAULT_RULES: AlertRules = {
  kinds: {
    usage: true,
    forecast: true,
    login_ends_soon: true,
    sign_in_needed: true,
    conflict: true,
    provider_trouble: true,
  },
  usageThresholds: [80, 95, 100],
  loginEndDays: [7, 2],
  quietHours: null,
}

/** Limits that config.toml sets beneath the person's choices. */
export type ConfiguredRules = Partial<Pick<AlertRules, 'usageThresholds' | 'loginEndDays'>>

const SETTING = 'alert_rules'
const MOST_THRESHOLDS = 5
const DAY_MINUTES = 24 * 60

/** What holds now. Errors: StoreError */
export async function getAlertRules(
  context: Pick<AccountsContext, 'database' | 'configuredAlerts'>,
): Promise<AlertRules> {
  return readRules((await readSettings(context.database)).get(SETTING), context.configuredAlerts)
}

/** Rules as they are kept, over those of the configuration. Errors: none; total */
export function readRules(text: string | undefined, configured: ConfiguredRules = {}): AlertRules {
  return changedRules({ ...DEFAULT_RULES, ...configured }, readChosen(text, configured))
}

/** The person's own choices, without what they left to the configuration. */
function readChosen(text: string | undefined, configured: ConfiguredRules): Partial<AlertRules> {
  try {
    const chosen = JSON.parse(text ?? '{}') as Partial<AlertRules>
    return rulesProblem(changedRules({ ...DEFAULT_RULES, ...configured }, chosen)) === null ? chosen : {}
  } catch {
    return {}
  }
}

function changedRules(rules: AlertRules, changes: Partial<AlertRules>): AlertRules {
  return { ...rules, ...changes, kinds: { ...rules.kinds, ...changes.kinds } }
}

export type RulesProblem = 'thresholds' | 'days' | 'quiet_hours'

/** What is wrong with rules; null for nothing. */
export function rulesProblem({ usageThresholds, loginEndDays, quietHours }: AlertRules): RulesProblem | null {
  if (!areWhole(usageThresholds, 1, 100)) return 'thresholds'
  if (!areWhole(loginEndDays, 1, 30)) return 'days'
  if (quietHours === null) return null
  const { from, until } = quietHours
  return areWhole([from, until], 0, DAY_MINUTES - 1) && from !== until ? null : 'quiet_hours'
}

function areWhole(values: unknown, least: number, most: number): boolean {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.length <= MOST_THRESHOLDS &&
    values.every((value) => Number.isInteger(value) && value >= least && value <= most)
  )
}

/** Rules that cannot be kept. */
export class AlertRulesError extends Error {
  override readonly name = 'AlertRulesError'

  constructor(readonly problem: RulesProblem) {
    super(problem)
  }
}

/**
 * Changes the rules. A threshold that is new learns first how things stand, and tells what changes from then on.
 *
 * Errors: AlertRulesError; AccountError store_failed
 */
export async function changeAlertRules(
  context: Pick<AccountsContext, 'database' | 'clock' | 'events' | 'configuredAlerts'>,
  changes: Partial<AlertRules>,
  actor: Actor,
): Promise<AlertRules> {
  return await namingStoreRefusals(async () => {
    const { database, configuredAlerts: configured = {} } = context
    const kept = readChosen((await readSettings(database)).get(SETTING), configured)
    const problem = rulesProblem(changedRules({ ...DEFAULT_RULES, ...configured }, changes))
    if (problem !== null) throw new AlertRulesError(problem)
    const kinds = { ...kept.kinds, ...changes.kinds } as AlertRules['kinds']
    const chosen = JSON.stringify({ ...kept, ...changes, kinds, ...inOrder(changes) })
    const at = context.clock.now()
    await writeSetting(database, SETTING, chosen, at)
    const details = { names: SETTING }
    await recordAuditEvent(context.database, { at, accountId: null, kind: 'settings.changed', actor, details })
    context.events.publish({ type: 'settings.changed' })
    return readRules(chosen, configured)
  })
}

/** The same limits, each once: percent ascending, days descending. */
export function inOrder({ usageThresholds, loginEndDays }: ConfiguredRules): ConfiguredRules {
  return {
    ...(usageThresholds && { usageThresholds: [...new Set(usageThresholds)].sort((a, b) => a - b) }),
    ...(loginEndDays && { loginEndDays: [...new Set(loginEndDays)].sort((a, b) => b - a) }),
  }
}
