/**
 * `[alerts]` of config.toml: limits that hold until the person chooses others. A table that says something unknown or
 * impossible is refused whole, in one line. Knows no file: it is given the table.
 */

import { type AlertRules, type ConfiguredRules, DEFAULT_RULES, inOrder, rulesProblem } from './alert-rules.ts'

/** Keys of the table: which rule each is, and what it may be. */
const KEYS: Record<string, { rule: keyof ConfiguredRules; allowed: string }> = {
  usage_thresholds: {
    rule: 'usageThresholds',
    allowed: 'must be a list of 1 to 5 whole numbers from 1 to 100, percent',
  },
  login_end_days: { rule: 'loginEndDays', allowed: 'must be a list of 1 to 5 whole numbers from 1 to 30, days' },
}

/** A setting of alerts that cannot be used. The message is one line: key and what is allowed. */
export class AlertConfigError extends Error {
  override readonly name = 'AlertConfigError'

  constructor(key: string, allowed: string) {
    super(`config.toml: ${key}: ${allowed}`)
  }
}

/**
 * The limits that the table sets.
 *
 * Shape:  the parsed table, undefined where there is none → only what it names
 * Errors: AlertConfigError
 */
export function readConfiguredRules(table: unknown): ConfiguredRules {
  if (table === undefined) return {}
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new AlertConfigError('alerts', 'must be a table, written as [alerts]')
  }
  const configured: Partial<AlertRules> = {}
  for (const [key, value] of Object.entries(table)) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    if (!known) throw new AlertConfigError('alerts', `unknown key; known are ${Object.keys(KEYS).join(', ')}`)
    if (rulesProblem({ ...DEFAULT_RULES, [known.rule]: value }) !== null) {
      throw new AlertConfigError(`alerts.${key}`, known.allowed)
    }
    configured[known.rule] = value
  }
  return inOrder(configured)
}
