/**
 * Asks an installed CLI whose login it sees in a place, by the one question that changes nothing: never a sign-in, never
 * a sign-out, and never while its answer would need a renewal.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { environmentOf } from '../cli-credentials/cli-environment.ts'
import type { CliName, CredentialPlace } from '../cli-credentials/credential-file.ts'
import { asId, asName, asRecord, type JsonRecord, parseRecord } from '../cli-credentials/json-fields.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { ProgramRun } from '../lib/programs.ts'

/** Who the CLI says it is. Null members: it did not say. */
export interface CliAnswer {
  email: string | null
  organizationId: string | null
  /** False: it says that nobody is signed in. */
  isSignedIn: boolean
  /** Another kind of login outranks the one in its directory, such as `oauth_token` or `api_key`. */
  otherMethod: string | null
}

/** A CLI renews by itself when its token ends within five minutes; it is not asked then. */
const NO_RENEWAL_MS = 6 * MINUTE_MS
const ANSWER_MS = 15 * SECOND_MS

/** How each CLI is asked, and what its answer says; null when that is no answer. */
const QUESTIONS: Record<
  CliName,
  {
    args: string[]
    input?: string
    isEnough?: (stdout: string) => boolean
    read: (run: ProgramRun) => CliAnswer | null
  }
> = {
  // Source: Claude Code 2.1.330, `claude auth status`: exit 0 signed in, 1 not; JSON unless told otherwise
  claude: { args: ['auth', 'status', '--json'], read: readClaudeStatus },
  // Source: codex 0.169.0, `codex app-server`: JSON-RPC in lines on standard input and output
  codex: {
    args: ['app-server'],
    input: [
      { id: 1, method: 'initialize', params: { clientInfo: { name: 'tokendeck', title: 'Tokendeck', version: '1' } } },
      { method: 'initialized' },
      { id: 2, method: 'account/read', params: { refreshToken: false } },
    ]
      .map((message) => `${JSON.stringify(message)}\n`)
      .join(''),
    isEnough: (stdout) => answersOf(stdout).some(({ id }) => id === 2),
    read: readCodexAccount,
  },
}

/**
 * Asks.
 *
 * Shape:  `accessTokenExpiresAt` of the login that is there, epoch milliseconds → null when the CLI is not installed, is
 *   not to be asked now, or gave no answer that says anything
 * Errors: none expected
 */
export async function askCli(
  { programs, clock }: AccountsContext,
  place: CredentialPlace,
  accessTokenExpiresAt: number | null,
): Promise<CliAnswer | null> {
  const isRenewalNear = accessTokenExpiresAt !== null && accessTokenExpiresAt - clock.now() < NO_RENEWAL_MS
  const path = isRenewalNear ? null : await programs.find(place.cli)
  if (path === null) return null
  const { args, input, isEnough, read } = QUESTIONS[place.cli]
  const run = await programs.run(path, args, {
    ...{ input, isEnough, timeoutMs: ANSWER_MS, cwd: place.directory },
    env: environmentFor(programs.environment, place),
  })
  return run.end === 'exited' || run.end === 'enough' ? read(run) : null
}

function environmentFor(base: Readonly<Record<string, string>>, place: CredentialPlace): Record<string, string> {
  const { set, unset } = environmentOf(place)
  const env: Record<string, string> = { ...base, ...set }
  for (const name of unset) delete env[name]
  return env
}

function readClaudeStatus({ stdout }: ProgramRun): CliAnswer | null {
  const status = parseRecord(stdout.trim())
  if (typeof status?.loggedIn !== 'boolean') return null
  const method = asName(status.authMethod)
  const isOther = status.loggedIn && method !== null && method !== 'claude.ai'
  return {
    email: asName(status.email),
    organizationId: asId(status.orgId),
    isSignedIn: status.loggedIn,
    otherMethod: isOther ? method : null,
  }
}

/** An error of its own, such as that its backend cannot be reached, says nothing of the login. */
function readCodexAccount({ stdout }: ProgramRun): CliAnswer | null {
  const result = asRecord(answersOf(stdout).find(({ id }) => id === 2)?.result)
  if (result === null || !('account' in result)) return null
  const account = asRecord(result.account)
  const type = asName(account?.type)
  return {
    email: asName(account?.email),
    organizationId: null,
    isSignedIn: account !== null,
    otherMethod: type !== null && type !== 'chatgpt' ? type : null,
  }
}

function answersOf(stdout: string): JsonRecord[] {
  return stdout
    .split('\n')
    .map(parseRecord)
    .filter((record) => record !== null)
}
