/** What must hold of every file into which a login is written, or out of which one is taken. Throws where it does not. */

import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { CliName } from '../cli-credentials/credential-file.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import type { PlaceFiles } from '../cli-credentials/place-files.ts'
import { type LoginPlan, planLogin } from '../cli-credentials/plan-login.ts'
import type { Secret } from '../lib/secret.ts'
import {
  ADA,
  BEN,
  chunksOf,
  claudeCompanionTexts,
  claudeCredentialTexts,
  codexTexts,
  placeFiles,
  writableLogin,
} from './cli-file-shapes.ts'

/** The keys that belong to a login. */
const TOUCHED: Record<CliName, readonly string[]> = {
  claude: ['claudeAiOauth', 'organizationUuid', 'trustedDeviceToken', 'oauthAccount'],
  codex: ['auth_mode', 'OPENAI_API_KEY', 'tokens', 'last_refresh'],
}

const textsOf = {
  claude: fc.tuple(claudeCredentialTexts, fc.option(claudeCompanionTexts)),
  codex: fc.tuple(codexTexts, fc.constant(null)),
}

/** Puts a login into so many files; gives the number of files that changed. */
export function checkSwitches(cli: CliName, runs: number): number {
  let changed = 0
  fc.assert(
    fc.property(textsOf[cli], fc.constantFrom(ADA, BEN), fc.boolean(), ([text, companion], identity, isKept) => {
      const files = placeFiles(cli, text, companion)
      const members = isKept ? (loginOf(files, identity)?.members ?? null) : null
      const login = writableLogin(cli, identity, { members })
      const plan = planLogin(files, login)
      for (const { before, after } of plan.files) {
        if (before) assertUntouched(before.reveal(), after!.reveal(), TOUCHED[cli])
      }
      const written = carryOut(files, plan)
      const held = loginOf(written)
      assert.ok(held, 'no login to be read')
      assert.equal(held.identity?.subject, identity.subject)
      assert.equal(held.identity.organizationId, identity.organizationId)
      assert.ok(held.accessToken.equals(login.accessToken) && held.refreshToken!.equals(login.refreshToken!))
      assert.equal(held.accessTokenExpiresAt, login.accessTokenExpiresAt)
      assert.equal(planLogin(written, login).files.length, 0)
      // And again with what is kept of it, as when an account comes back.
      assert.equal(planLogin(written, { ...login, members: held.members }).files.length, 0)
      changed += plan.files.length
    }),
    { numRuns: runs },
  )
  return changed
}

/** Takes the login out of so many files. */
export function checkEmptied(cli: CliName, runs: number): void {
  fc.assert(
    fc.property(textsOf[cli], ([text, companion]) => {
      const files = placeFiles(cli, text, companion)
      const plan = planLogin(files, null)
      for (const { before, after } of plan.files) {
        const names = chunksOf(before!.reveal()).chunks.map(({ key }) => key)
        if (after) assertUntouched(before!.reveal(), after.reveal(), TOUCHED[cli])
        else assert.deepEqual(withoutAll(names, TOUCHED[cli]), [], 'a file with neighbours was taken away')
      }
      const emptied = carryOut(files, plan)
      assert.equal(loginOf(emptied), null)
      assert.equal(planLogin(emptied, null).files.length, 0)
    }),
    { numRuns: runs },
  )
}

/** Everything but the touched members: the same texts in the same order, with the same white space around them. */
function assertUntouched(before: string, after: string, touched: readonly string[]): void {
  JSON.parse(after)
  const [old, next] = [chunksOf(before), chunksOf(after)]
  assert.deepEqual([next.before, next.after], [old.before, old.after])
  const rest = ({ chunks }: typeof old) => chunks.filter(({ key }) => !touched.includes(key))
  assert.deepEqual(
    rest(next).map(({ body }) => body),
    rest(old).map(({ body }) => body),
  )
  rest(next).forEach((chunk, index) => {
    const was = rest(old)[index]!
    // The white space at the braces belongs to whatever member comes first and last.
    if (old.chunks.indexOf(was) > 0 && next.chunks.indexOf(chunk) > 0) assert.equal(chunk.lead, was.lead)
    if (old.chunks.at(-1) !== was && next.chunks.at(-1) !== chunk) assert.equal(chunk.tail, was.tail)
  })
}

function withoutAll(names: readonly string[], known: readonly string[]): string[] {
  return names.filter((name) => !known.includes(name))
}

function carryOut({ place, files }: PlaceFiles, plan: LoginPlan): PlaceFiles {
  const textOf = (path: string, text: Secret | null) => {
    const planned = plan.files.find((file) => file.path === path)
    return planned ? planned.after : text
  }
  return { place, files: files.map((file) => ({ ...file, text: textOf(file.path, file.text) })) }
}
