/**
 * Works out what the files of a place must say so that a login is in them, or none. Pure: texts in, texts out. Everything
 * outside the keys of the login stays byte for byte.
 */

import { Secret } from '../lib/secret.ts'
import { type FileKind, LOGIN_FILES } from './clis/login-files.ts'
import { CredentialError } from './credential-error.ts'
import type { CliName } from './credential-file.ts'
import { parseRecord } from './json-fields.ts'
import { readMembers, repeatedName } from './json-object.ts'
import { changedKeys, isObject, type KeyChange } from './login-fields.ts'
import type { FileFacts, PlaceFile, PlaceFiles } from './place-files.ts'
import type { WritableLogin } from './writable-login.ts'

export { loginOf } from './harvest-login.ts'
export type { KeyChange } from './login-fields.ts'

/** One file that changes. */
export interface PlannedFile {
  role: 'credentials' | 'companion'
  path: string
  target: string
  /** Null: there is no such file. */
  before: Secret | null
  /** Null: the file is taken away. */
  after: Secret | null
  /** The file as it was read; null where there was none. */
  expected: FileFacts | null
  changes: KeyChange[]
}

/** Only files that change stand in it: empty when the place says it all already. */
export interface LoginPlan {
  files: PlannedFile[]
}

/**
 * The plan that puts a login into a place, or takes any login out of it (`null`). Planning what is there already plans
 * nothing.
 *
 * Errors: CredentialError `torn`, `unusual` (detail `byte_order_mark`, `not_an_object`, or the key that stands twice),
 *   `incomplete` (detail: the field that the CLI needs and the login lacks)
 */
export function planLogin({ place, files }: PlaceFiles, login: WritableLogin | null): LoginPlan {
  if (login) refuseIncomplete(place.cli, place.path, login)
  const planned = files.flatMap((file) => planFile(LOGIN_FILES[place.cli].kinds[file.role]!, file, login))
  if (login) verify(place.cli, files[0]!, planned, login)
  return { files: planned }
}

/** What the CLI would take for no login, or for another's, is not written. */
function refuseIncomplete(cli: CliName, path: string, login: WritableLogin): void {
  const lacking = login.accessToken.isEmpty ? 'access_token' : LOGIN_FILES[cli].lacks(login)
  if (lacking !== null) throw new CredentialError('incomplete', path, lacking)
}

function planFile(kind: FileKind, file: PlaceFile, login: WritableLogin | null): PlannedFile[] {
  const { role, path, target, text: before, facts: expected } = file
  const old = before?.reveal() ?? ''
  if (login === null && old.trim() === '') return []
  const start = old.trim() === '' ? kind.empty : old
  refuseUnusual(path, start, kind)
  const next = login ? kind.put(start, login) : kind.take(start)
  if (next === old) return []
  const isEmpty = login === null && kind.goesWhenEmpty && readMembers(next).size === 0
  const changes = changedKeys(start, next, kind.inside)
  return [{ role, path, target, before, after: isEmpty ? null : new Secret(next), expected, changes }]
}

/** Editing must not have to guess which of two equal keys counts, or what a stray mark means. */
function refuseUnusual(path: string, text: string, { inside }: FileKind): void {
  if (text.startsWith('\ufeff')) throw new CredentialError('unusual', path, 'byte_order_mark')
  if (parseRecord(text) === null) {
    const isJson = /^\s*(?:\[|"|true|false|null|-?\d)/.test(text)
    throw isJson
      ? new CredentialError('unusual', path, 'not_an_object')
      : new CredentialError('torn', path, 'not_whole')
  }
  const objects = [text, ...inside.map((name) => readMembers(text).get(name)).filter(isObject)]
  const repeated = objects.map(repeatedName).find((name) => name !== null)
  if (repeated !== undefined) throw new CredentialError('unusual', path, `key_twice: ${repeated}`)
}

/** Reads what is to be written as the CLI's reader would: it must be this login of this account. */
function verify(cli: CliName, file: PlaceFile, planned: PlannedFile[], login: WritableLogin): void {
  const text = (planned.find(({ role }) => role === 'credentials')?.after ?? file.text)!.reveal()
  const judgement = LOGIN_FILES[cli].judge(text, null)
  const identity = judgement.state === 'live' ? judgement.identity : null
  const isIt =
    judgement.state === 'live' &&
    judgement.tokens.accessToken.equals(login.accessToken) &&
    identity?.subject === login.identity.subject &&
    identity.organizationId === login.identity.organizationId
  if (!isIt) throw new CredentialError('incomplete', file.path, 'identity')
}
