/**
 * A keyring of a test behind a session bus: keeps what it is given in memory, or has it locked and waits at its prompt for a
 * person who never comes. Source: Secret Service API 0.2 (freedesktop.org).
 */

import type { DbusValue, Variant } from './dbus-values.ts'
import type { DbusAnswer, DbusCall } from './fake-session-bus.ts'

const ROOT = '/org/freedesktop/secrets'
const SESSION = `${ROOT}/session/s1`
const COLLECTION = `${ROOT}/collection/login`
const LOCKED_ITEM = `${COLLECTION}/locked`
const PROMPT = `${ROOT}/prompt/p1`
const NO_PROMPT = '/'

export interface SecretService {
  answer(call: DbusCall): DbusAnswer
}

/** Attributes by name, and the secret's bytes. */
interface Item {
  attributes: Map<string, string>
  secret: Uint8Array
}

/** One that works, or one that is locked. */
export function createSecretService({ isLocked }: { isLocked: boolean }): SecretService {
  const items = new Map<string, Item>()
  let made = 0
  const matching = (wanted: DbusValue) => {
    const pairs = wanted as [string, string][]
    return [...items].filter(([, { attributes }]) => pairs.every(([name, value]) => attributes.get(name) === value))
  }
  const secretOf = ({ secret }: Item): DbusValue => [SESSION, new Uint8Array(), secret, 'text/plain']
  const properties = (path: string): DbusValue => {
    const item = items.get(path)
    const attributes = [...(item?.attributes ?? [])] as [string, string][]
    return [
      ['Locked', { type: 'b', value: isLocked }],
      ['Label', { type: 's', value: 'a test' }],
      ...(item ? [['Attributes', { type: 'a{ss}', value: attributes }] as DbusValue] : []),
      ...(path === ROOT ? [['Collections', { type: 'ao', value: [COLLECTION] }] as DbusValue] : []),
      ...(path === COLLECTION ? [['Items', { type: 'ao', value: [...items.keys()] }] as DbusValue] : []),
    ]
  }

  const answers: Record<string, (call: DbusCall) => DbusAnswer> = {
    // Without a cipher on the way: nobody else is on this socket.
    OpenSession: ({ arguments: [algorithm] }) =>
      algorithm === 'plain'
        ? { signature: 'vo', values: [{ type: 's', value: '' }, SESSION] }
        : { error: 'org.freedesktop.DBus.Error.NotSupported' },
    ReadAlias: () => ({ signature: 'o', values: [COLLECTION] }),
    GetAll: ({ path }) => ({ signature: 'a{sv}', values: [properties(path)] }),
    SearchItems: ({ path, arguments: [wanted] }) => {
      const found = matching(wanted!).map(([item]) => item)
      // A collection gives one list, the service two: what is open, and what is locked.
      if (path !== ROOT) return { signature: 'ao', values: [isLocked ? [LOCKED_ITEM] : found] }
      return { signature: 'aoao', values: isLocked ? [[], [LOCKED_ITEM]] : [found, []] }
    },
    Unlock: ({ arguments: [paths] }) =>
      isLocked ? { signature: 'aoo', values: [[], PROMPT] } : { signature: 'aoo', values: [paths!, NO_PROMPT] },
    // It is shown, and `Completed` never comes.
    Prompt: () => ({ signature: '', values: [] }),
    CreateItem: ({ arguments: [given, secret] }) => {
      if (isLocked) return { signature: 'oo', values: [NO_PROMPT, PROMPT] }
      const attributes = (given as [string, Variant][]).find(([name]) => name.endsWith('.Attributes'))![1].value
      const [before] = matching(attributes)
      const path = before?.[0] ?? `${COLLECTION}/i${++made}`
      items.set(path, {
        attributes: new Map(attributes as [string, string][]),
        secret: Buffer.from((secret as DbusValue[])[2] as Uint8Array),
      })
      return { signature: 'oo', values: [path, NO_PROMPT] }
    },
    GetSecret: ({ path }) => {
      const item = items.get(path)
      return item ? { signature: '(oayays)', values: [secretOf(item)] } : noSuchObject
    },
    GetSecrets: ({ arguments: [paths] }) => {
      const found = (paths as string[]).flatMap((path) => {
        const item = items.get(path)
        return item ? [[path, secretOf(item)] as DbusValue] : []
      })
      return { signature: 'a{o(oayays)}', values: [found] }
    },
    Delete: ({ path }) => (items.delete(path) ? { signature: 'o', values: [NO_PROMPT] } : noSuchObject),
    Close: () => ({ signature: '', values: [] }),
  }
  const noSuchObject = { error: 'org.freedesktop.Secret.Error.NoSuchObject' }

  return { answer: (call) => answers[call.member]?.(call) ?? { error: 'org.freedesktop.DBus.Error.UnknownMethod' } }
}
