/** Keyrings as machines have them: one that works, none at all, and one that is locked and says nothing. */

import type { Keyring } from '../vault/key-keyring.ts'

/** No keyring on this machine. */
export const absentKeyring: Keyring = {
  get: () => Promise.reject(new Error('no session')),
  set: () => Promise.reject(new Error('no session')),
  delete: () => Promise.reject(new Error('no session')),
}

/** Locked without a word: questions never end. */
export const hangingKeyring: Keyring = {
  get: () => new Promise(() => {}),
  set: () => new Promise(() => {}),
  delete: () => new Promise(() => {}),
}

/** One that keeps what it is given in `entries`. */
export function workingKeyring(): Keyring & { entries: Map<string, string> } {
  const entries = new Map<string, string>()
  return {
    entries,
    get: async ({ name }) => entries.get(name) ?? null,
    set: async ({ name, value }) => void entries.set(name, value),
    delete: async ({ name }) => entries.delete(name),
  }
}
