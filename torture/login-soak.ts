/** A process that does nothing but soak logins: `login-soak.ts DIRECTORY HOURS ACCOUNTS`. Prints what it found as JSON. */

import { soakLogins } from '../src/testing/login-soak.ts'

const [directory = '', hours, accounts] = Bun.argv.slice(2)
const result = await soakLogins({ directory, hours: Number(hours), accounts: Number(accounts), faultShare: 0.05 })
process.stdout.write(JSON.stringify(result))
process.exit(0)
