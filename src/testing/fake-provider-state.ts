/** What both dialects of the fake provider share: time, truth, ledger, faults and people. */

import type { Context } from 'hono'
import type { Clock } from '../lib/clock.ts'
import type { FakeExchangeParts } from './fake-exchange.ts'
import { FakeFaults } from './fake-faults.ts'
import type { FakeGrants, FakeIssue } from './fake-grants.ts'
import type { FakeIdentity } from './fake-identities.ts'
import { type FakeEndpoint, FakeLedger, withoutSecrets } from './fake-ledger.ts'
import { FakeUsage } from './fake-usage.ts'

export class FakeProviderState implements FakeExchangeParts {
  readonly clock: Clock
  readonly ledger = new FakeLedger()
  readonly faults = new FakeFaults()
  readonly identities: FakeIdentity[]
  readonly usage: FakeUsage

  constructor(
    readonly grants: FakeGrants,
    identities: readonly FakeIdentity[],
  ) {
    this.clock = grants.clock
    this.usage = new FakeUsage(grants.clock)
    this.identities = [...identities]
  }

  people(provider: FakeIdentity['provider']): FakeIdentity[] {
    return this.identities.filter((identity) => identity.provider === provider)
  }

  /** By fixture name; an unknown one is a mistake in the test. */
  person(name: string): FakeIdentity {
    const found = this.identities.find((identity) => identity.name === name)
    if (!found) throw new Error(`The fake provider knows nobody called ${name}.`)
    return found
  }

  /** The answer that belongs to another person, of whom this client was never told. */
  asSomebodyElse(issued: FakeIssue, name: string): FakeIssue {
    return this.grants.signIn(this.person(name), issued.family.clientId, issued.family.scopes)
  }

  /** A page view, which no fault strikes. */
  note(c: Context, endpoint: FakeEndpoint, outcome: string): void {
    this.ledger.add({
      at: this.clock.now(),
      endpoint,
      method: c.req.method,
      path: c.req.path,
      contentType: '',
      userAgent: c.req.header('user-agent') ?? null,
      originator: c.req.query('originator') ?? null,
      fields: withoutSecrets(c.req.query()),
      identity: null,
      outcome,
      status: outcome === 'shown' ? 200 : 400,
      delivered: true,
    })
  }
}
