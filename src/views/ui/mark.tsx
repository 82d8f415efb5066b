/** @jsxImportSource #html */
/** A health mark: shape, word and colour, and the way to its explanation. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ViewContext } from '../view-context.ts'
import { dialogLink } from './hx.ts'
import { MarkShape, type MarkTone } from './icon.tsx'
import { accountTitle } from './mask.ts'

export const MARKS = ['login', 'data', 'ownership'] as const
export type MarkName = (typeof MARKS)[number]

export function isMarkName(text: string): text is MarkName {
  return (MARKS as readonly string[]).includes(text)
}

const TONES: { [Name in MarkName]: Record<AccountSummary[Name]['status'], MarkTone> } = {
  login: { valid: 'good', ends_soon: 'warn', retrying: 'warn', unknown_outcome: 'warn', sign_in_again: 'bad' },
  data: { fresh: 'good', old: 'warn', not_permitted: 'idle', never_read: 'idle' },
  ownership: { dashboard: 'own', cli: 'other', nobody: 'idle', conflict: 'bad' },
}

/** Tone and word of one mark. */
function readMark(
  view: ViewContext,
  account: AccountSummary,
  name: MarkName,
): { tone: MarkTone; word: string; name: string } {
  const status = account[name].status
  const words: Record<string, string> = view.t.marks[name]
  const tones: Record<string, MarkTone> = TONES[name]
  return { tone: tones[status]!, word: words[status]!, name: view.t.marks[name].name }
}

/** Languages that put spaces between words: what is seen of a mark is part of what is read aloud of it. */
const SPACED: ReadonlySet<string> = new Set(['en', 'ko'])

/** A mark that opens its explanation. */
export function MarkLink({ view, account, name }: { view: ViewContext; account: AccountSummary; name: MarkName }) {
  const { tone, word, name: markName } = readMark(view, account, name)
  const spoken = { 'aria-label': view.t.marks.explain(markName, word, accountTitle(view, account)) }
  return (
    <a class="mark" data-tone={tone} {...dialogLink(view, `/accounts/${account.id}/explanations/${name}`)} {...spoken}>
      <MarkShape tone={tone} />
      <span class="mark__name" aria-hidden="true">
        {markName}
      </span>
      {SPACED.has(view.language) ? ' ' : ''}
      <span class="mark__word">{word}</span>
    </a>
  )
}

/** A mark without a link, for headings of its explanation. */
export function MarkBadge({ view, account, name }: { view: ViewContext; account: AccountSummary; name: MarkName }) {
  const { tone, word, name: markName } = readMark(view, account, name)
  return (
    <span class="mark mark--still" data-tone={tone}>
      <MarkShape tone={tone} />
      <span class="mark__label">
        {markName}: {word}
      </span>
    </span>
  )
}
