/** Connects accounts in the home that the environment names: `seed-home.ts ACCOUNTS LIFETIME_MS COPIES HAS_USAGE`. */

import { connectAccount } from '../../src/accounts/connect-account.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import { buildIdentity, buildTokenSet } from '../../src/testing/builders.ts'
import { openBenchContext } from './context.ts'
import { copyAccounts } from './copy-accounts.ts'
import { readLimitsOfAll } from './read-limits.ts'

const [accounts, lifetimeMs, copies, hasUsage] = Bun.argv.slice(2).map(Number) as [number, number, number, number]
const { context, close } = await openBenchContext()
for (let index = 0; index < accounts; index++) {
  await connectAccount(context, {
    provider: context.providers.get('claude')!,
    tokens: buildTokenSet({
      accessToken: new Secret(`sk-ant-oat01-FAKE-${index}-0001-${'x'.repeat(80)}`),
      refreshToken: new Secret(`sk-ant-ort01-FAKE-${index}-0001-${'x'.repeat(80)}`),
      accessTokenExpiresAt: systemClock.now() + lifetimeMs,
    }),
    identity: buildIdentity({
      subject: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
      email: `person-${index}@example.com`,
      displayName: `Person ${index}`,
    }),
    custody: 'dashboard',
    origin: 'paste',
    label: `account-${index}`,
    actor: 'browser',
  })
}
if (copies > 0) await copyAccounts(context.database, copies)
if (hasUsage) await readLimitsOfAll(context.database, systemClock.now())
await close()
process.exit(0)
