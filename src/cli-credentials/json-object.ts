/**
 * The text of a JSON object that another program wrote: finds where its members stand, and sets or removes one so that
 * every other byte stays. Knows nothing of what the members mean.
 *
 * `modify` of jsonc-parser is not used: it lays out the whole line it touches, which in a file of one line is the file, and
 * of a key that stands twice it takes the one that other readers ignore. Its scanner says where everything stands.
 */

import { applyEdits, createScanner, format } from 'jsonc-parser'

/** Kinds of tokens, of jsonc-parser's `SyntaxKind`, which is there for its types only. */
const KIND = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, colon: 6, end: 17 }

/** A member and its places in the text: `start` lies after the brace or comma before it, `keyEnd` after its name. */
interface Member {
  name: string
  start: number
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

/** How an object is laid out. `unit` null: on one line. `indent` is that of its members. */
export interface JsonLayout {
  unit: string | null
  indent: string
  eol: '\n' | '\r\n'
}

const ON_ONE_LINE: JsonLayout = { unit: null, indent: '', eol: '\n' }

/** The members of an object in their order, as raw text by name. Of a name that stands twice, the last. */
export function readMembers(text: string): Map<string, string> {
  return new Map(scan(text).members.map((member) => [member.name, rawOf(text, member)]))
}

/** The first name that stands twice in the object itself; null when every name stands once. */
export function repeatedName(text: string): string | null {
  const names = scan(text).members.map((member) => member.name)
  return names.find((name, index) => names.indexOf(name) !== index) ?? null
}

/** Puts raw JSON as the value of a member: in its place when there is one, else after the last. */
export function setMember(text: string, name: string, raw: string): string {
  const { open, members } = scan(text)
  const known = members.find((member) => member.name === name)
  if (known) return text.slice(0, known.valueStart) + raw + text.slice(known.valueEnd)
  const last = members.at(-1)
  if (!last) return addFirst(text, open, name, raw)
  const lead = text.slice(last.start, last.keyStart)
  const colon = text.slice(last.keyEnd, last.valueStart)
  return `${text.slice(0, last.valueEnd)},${lead}${JSON.stringify(name)}${colon}${raw}${text.slice(last.valueEnd)}`
}

/** An object of no members says nothing of how it wants to be laid out, but for a line break in it. */
function addFirst(text: string, open: number, name: string, raw: string): string {
  const member = `${JSON.stringify(name)}:`
  const rest = text.slice(open + 1)
  const inside = /^\s*/.exec(rest)![0]
  if (!inside.includes('\n')) return `${text.slice(0, open + 1)}${member}${raw}${rest}`
  const eol = inside.includes('\r\n') ? '\r\n' : '\n'
  return `${text.slice(0, open + 1)}${eol}  ${member} ${raw}${rest}`
}

/** Takes a member out, with one comma. */
export function removeMember(text: string, name: string): string {
  const { members } = scan(text)
  const index = members.findIndex((member) => member.name === name)
  const member = members[index]
  if (!member) return text
  const next = members[index + 1]
  if (index > 0) return text.slice(0, member.start - 1) + text.slice(member.valueEnd)
  return text.slice(0, next ? member.keyStart : member.start) + text.slice(next ? next.keyStart : member.valueEnd)
}

/** How the object is laid out, by its first member. */
export function layoutOf(text: string): JsonLayout {
  const { members, close } = scan(text)
  const first = members[0]
  const lead = first ? text.slice(first.start, first.keyStart) : (/[\r\n]\s*$/.exec(text.slice(0, close))?.[0] ?? '')
  const eol = lead.includes('\r\n') ? '\r\n' : '\n'
  if (!lead.includes('\n')) return ON_ONE_LINE
  const indent = first ? lead.slice(lead.lastIndexOf('\n') + 1) : '  '
  const outer = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, close))?.[1] ?? ''
  const unit = indent.startsWith(outer) ? indent.slice(outer.length) : ''
  return { unit: unit || '  ', indent, eol }
}

/** Raw JSON laid out as a value among members of that layout. Only white space between its parts changes. */
export function layOut(raw: string, { unit, indent, eol }: JsonLayout): string {
  const compact = compactJson(raw)
  if (unit === null) return compact
  const options = { insertSpaces: !unit.startsWith('\t'), tabSize: unit.length, eol }
  return applyEdits(compact, format(compact, undefined, options)).replaceAll(eol, eol + indent)
}

/** Raw JSON without white space between its parts; numbers and texts stay exactly as they stand. */
export function compactJson(raw: string): string {
  const scanner = createScanner(raw, true)
  const parts: string[] = []
  while ((scanner.scan() as number) !== KIND.end) parts.push(partOf(raw, scanner))
  return parts.join('')
}

/** Where the members of the object stand. What is nested in them is passed over: it can be megabytes. */
function scan(text: string): { open: number; close: number; members: Member[] } {
  const scanner = createScanner(text, true)
  if ((scanner.scan() as number) !== KIND.openBrace) throw new SyntaxError('not an object')
  const open = scanner.getTokenOffset()
  const members: Member[] = []
  let start = open + 1
  let key: { name: string; start: number; end: number } | null = null
  let value = { start: -1, end: -1 }
  for (let kind: number = scanner.scan(); kind !== KIND.end; kind = scanner.scan()) {
    const at = scanner.getTokenOffset()
    if (kind === KIND.comma || kind === KIND.closeBrace) {
      if (key) {
        const [valueStart, valueEnd] = [value.start, value.end]
        members.push({ name: key.name, start, keyStart: key.start, keyEnd: key.end, valueStart, valueEnd })
      }
      if (kind === KIND.closeBrace) return { open, close: at, members }
      start = at + 1
      key = null
    } else if (key === null) {
      key = { name: JSON.parse(partOf(text, scanner)), start: at, end: at + scanner.getTokenLength() }
    } else if (kind !== KIND.colon) {
      const isNested = kind === KIND.openBrace || kind === KIND.openBracket
      value = { start: at, end: isNested ? endOfNested(text, at) : at + scanner.getTokenLength() }
      if (isNested) scanner.setPosition(value.end)
    }
  }
  throw new SyntaxError('not an object')
}

/** After the bracket that closes the one at `start`. */
function endOfNested(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfText(text, at)
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  throw new SyntaxError('not closed')
}

/** Where the quote is that ends the text which begins at `start`. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function partOf(text: string, scanner: { getTokenOffset(): number; getTokenLength(): number }): string {
  return text.slice(scanner.getTokenOffset(), scanner.getTokenOffset() + scanner.getTokenLength())
}

function rawOf(text: string, { valueStart, valueEnd }: Member): string {
  return text.slice(valueStart, valueEnd)
}
