/** Sets the fields of a login in the text of an object, and tells which keys changed. A field that says the same stays as it is written. */

import { compactJson, layOut, layoutOf, readMembers, removeMember, setMember } from './json-object.ts'

/** A key that changes, such as `claudeAiOauth.accessToken`; never what it holds. */
export interface KeyChange {
  key: string
  act: 'add' | 'change' | 'remove'
}

/** A field's new value; undefined takes it away. */
export type FieldValue = string | number | null | readonly string[] | undefined

/** The object with these fields. */
export function withFields(text: string, fields: Record<string, FieldValue>): string {
  return Object.entries(fields).reduce((object, [name, value]) => withField(object, name, value), text)
}

function withField(text: string, name: string, value: FieldValue): string {
  return withRaw(text, name, value === undefined ? undefined : JSON.stringify(value))
}

/** The object with raw JSON as a field, laid out like its neighbours; undefined takes it away. */
export function withRaw(text: string, name: string, raw: string | undefined): string {
  const held = readMembers(text).get(name)
  if (raw === undefined) return removeMember(text, name)
  if (held !== undefined && saysTheSame(held, raw)) return text
  return setMember(text, name, layOut(raw, layoutOf(text)))
}

/** True for the text of an object. */
export function isObject(raw: string | undefined): raw is string {
  return raw?.startsWith('{') ?? false
}

/** What differs between two objects; of the members named in `inside`, which of their own members do. */
export function changedKeys(before: string, after: string, inside: readonly string[], prefix = ''): KeyChange[] {
  const [old, next] = [readMembers(before), readMembers(after)]
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name): KeyChange[] => {
    const [left, right] = [old.get(name), next.get(name)]
    if (left === right) return []
    const isInside = inside.includes(name) && [left, right].every((raw) => raw === undefined || isObject(raw))
    if (isInside) return changedKeys(left ?? '{}', right ?? '{}', [], `${prefix}${name}.`)
    const act = left === undefined ? 'add' : right === undefined ? 'remove' : 'change'
    return [{ key: prefix + name, act }]
  })
}

/** `\u0041` and `A` are one text, `1.0` and `1` one number. */
function saysTheSame(left: string, right: string): boolean {
  return compactJson(left) === compactJson(right) || JSON.stringify(JSON.parse(left)) === right
}
