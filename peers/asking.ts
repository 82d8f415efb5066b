/** What the scenarios ask the CLIs, and what they answer. */

import type { CredentialPlace } from '../src/cli-credentials/credential-file.ts'
import { parseRecord } from '../src/cli-credentials/json-fields.ts'
import type { RunOptions } from '../src/lib/programs.ts'
import type { World } from './world.ts'

/** What is read of a codex answer: of `account/read` and of `getAuthStatus`. */
export interface CodexAnswer {
  account?: { email?: string; type?: string } | null
  authMethod?: string | null
  authToken?: string | null
}

/** `claude auth status --json`, which renews what is due. Null members: it did not say. */
export async function claudeStatus(world: World, at: CredentialPlace, how: Partial<RunOptions> = {}) {
  const run = await world.run(at, ['auth', 'status', '--json'], how)
  const said = parseRecord(run.stdout.trim())
  return {
    exitCode: run.exitCode,
    isLoggedIn: said?.loggedIn ?? null,
    method: said?.authMethod ?? null,
    email: said?.email ?? null,
    organizationId: said?.orgId ?? null,
  }
}

/**
 * Talks with a codex app-server, one question after the other in one line each.
 *
 * Shape:  method and parameters each → the result of each, in order; null where it answered with an error or not at all
 */
export async function askCodex(
  world: World,
  at: CredentialPlace,
  questions: [method: string, params: object][],
): Promise<(CodexAnswer | null)[]> {
  const clientInfo = { name: 'tokendeck-peers', title: 'Peers', version: '1' }
  const asked = questions.map(([method, params], index) => ({ id: index + 2, method, params }))
  const messages = [{ id: 1, method: 'initialize', params: { clientInfo } }, { method: 'initialized' }, ...asked]
  const answers = (stdout: string) => stdout.split('\n').map(parseRecord)
  const answerTo = (stdout: string, id: number) => answers(stdout).find((answer) => answer?.id === id)
  const run = await world.run(at, ['app-server'], {
    input: messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
    isEnough: (stdout) => asked.every(({ id }) => answerTo(stdout, id)),
  })
  return asked.map(({ id }) => (answerTo(run.stdout, id)?.result as CodexAnswer | undefined) ?? null)
}
