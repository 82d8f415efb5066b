/** @jsxImportSource #html */
/** The session's token that every form carries, so that forms work without scripts. */

import type { ViewContext } from '../view-context.ts'

export function CsrfField({ view }: { view: ViewContext }) {
  return <input type="hidden" name="csrf" value={view.csrfToken} />
}
