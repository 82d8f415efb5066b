/**
 * Turns markup in source into text at once: an element is the text of its children in its tags. No tree is kept, because
 * nothing of a page changes between its making and its sending; a list of a hundred rows costs a third of what it costs
 * with one. Knows no component by name, and no promises.
 */

export type { JSX } from 'hono/jsx/jsx-runtime'

type Props = Record<string, unknown>
type Component = (props: Props) => unknown

/** Text that is markup already. `isEscaped` tells the same to Hono's own helpers. */
export class Markup {
  readonly isEscaped = true

  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

/** Elements that have no content and no end tag. Source: WHATWG HTML §13.1.2 */
const VOID = new Set(
  ['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track'].concat('wbr'),
)

/** Attributes that are there or not; others say "true" or "false". */
const BOOLEAN = new Set(['autofocus', 'checked', 'disabled', 'hidden', 'open', 'readonly', 'required', 'selected'])

/** An element or a component as escaped text. */
export function jsx(tag: string | Component, props: Props): Markup {
  if (typeof tag === 'function') {
    const made = tag(props)
    return made instanceof Markup ? made : new Markup(childText(made))
  }
  let text = `<${tag}`
  for (const name in props) {
    if (name !== 'children') text += attributeText(name, props[name])
  }
  if (VOID.has(tag)) return new Markup(`${text}/>`)
  return new Markup(`${text}>${childText(props.children)}</${tag}>`)
}

export { jsx as jsxs }

/** Several elements without one around them. */
export function Fragment({ children }: { children?: unknown }): Markup {
  return new Markup(childText(children))
}

/** Names come from source, so there are not many. */
const checkedNames = new Set<string>()

function attributeText(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (!checkedNames.has(name)) checkName(name)
  if (typeof value === 'boolean' && BOOLEAN.has(name)) return value ? ` ${name}=""` : ''
  return ` ${name}="${escaped(String(value))}"`
}

/** A name that could end its tag is a mistake in source. */
function checkName(name: string): void {
  if (/[\s"'<>/=]/.test(name)) throw new Error(`No attribute can be named ${JSON.stringify(name)}`)
  checkedNames.add(name)
}

function childText(child: unknown): string {
  if (typeof child === 'string') return escaped(child)
  if (child === undefined || child === null || typeof child === 'boolean') return ''
  if (Array.isArray(child)) {
    let text = ''
    for (const each of child) text += childText(each)
    return text
  }
  if (child instanceof Markup) return child.text
  if (isEscaped(child)) return child.toString()
  if (typeof child === 'number') return String(child)
  throw new Error('Only text, numbers and elements can be shown')
}

/** What Hono's `raw` gives. */
function isEscaped(child: unknown): child is string {
  return child instanceof String && 'isEscaped' in child && child.isEscaped === true
}

const SPECIAL = /[&<>'"]/
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>'"]/g, (character) => ENTITIES[character]!) : text
}
