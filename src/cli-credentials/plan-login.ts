/**
 * Works out what the files of a place must say so that a login is in them, or none. Pure: texts in, texts out. Everything
 * outside the keys of the login stays byte for byte.
 */

import type { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { FileFacts, PlaceFiles } from './place-files.ts'
import type { HarvestedLogin, WritableLogin } from './writable-login.ts'

/** A key that changes, such as `claudeAiOauth.accessToken`; never what it holds. */
export interface KeyChange {
  key: string
  act: 'add' | 'change' | 'remove'
}

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
 * The plan that puts a login into a place, or takes any login out of it (`null`).
 *
 * Errors: CredentialError `unusual`, `incomplete`
 */
export function planLogin(files: PlaceFiles, login: WritableLogin | null): LoginPlan {
  throw new Error(`${files.place.path} ${login}`)
}

/** The login that the files hold now; null when none is in them. `identity` overrides what they say of whose it is. */
export function loginOf(files: PlaceFiles, identity?: Identity): HarvestedLogin | null {
  throw new Error(`${files.place.path} ${identity}`)
}
