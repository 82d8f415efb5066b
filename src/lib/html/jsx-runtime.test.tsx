/** @jsxImportSource #html */
/** Markup as text: what is not markup is escaped wherever it stands, and nothing strange gets out silently. */

import { raw } from 'hono/html'
import { describe, expect, test } from 'vitest'
import { jsx } from './jsx-runtime.ts'

const HOSTILE = `"><img src=x onerror=alert(1)>'&`

function Twice({ children }: { children?: unknown }) {
  return (
    <>
      {children as string}
      {children as string}
    </>
  )
}

describe('elements', () => {
  test.each([
    ['text as content', <p>{HOSTILE}</p>, '<p>&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;</p>'],
    [
      'text as attribute',
      <p title={HOSTILE} />,
      '<p title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;"></p>',
    ],
    ['text of a component', <Twice>{'<'}</Twice>, '&lt;&lt;'],
    ['text in lists', <p>{['<', ['>']]}</p>, '<p>&lt;&gt;</p>'],
    ['numbers', <p tabindex={-1}>{0}</p>, '<p tabindex="-1">0</p>'],
    ['nothing', <p title={undefined}>{[null, undefined, true, false, '']}</p>, '<p></p>'],
    ['what is there or not', <input disabled={true} required={false} />, '<input disabled=""/>'],
    ['what is true or false', <input spellcheck={false} />, '<input spellcheck="false"/>'],
    ['markup that was made before', <p>{raw('<b>x</b>')}</p>, '<p><b>x</b></p>'],
  ])('%s', (_, element, expected) => {
    expect(element.toString()).toBe(expected)
  })

  test('markup cannot be imitated by data, and an object is not shown as what its makers call it', () => {
    const imitation = { text: '<script>', isEscaped: true, toString: () => '<script>' }
    expect(() => jsx('p', { children: imitation })).toThrow('Only text')
    expect(() => jsx('p', { children: Promise.resolve('x') })).toThrow('Only text')
  })

  test('no name of an attribute ends its tag', () => {
    expect(() => jsx('p', { 'a><script': 'x' })).toThrow('No attribute')
  })
})
