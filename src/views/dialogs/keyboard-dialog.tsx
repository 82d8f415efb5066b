/** @jsxImportSource #html */
/** The keyboard shortcuts. */

import { DialogContent, DismissButton } from '../ui/dialog-content.tsx'
import type { ViewContext } from '../view-context.ts'

export function KeyboardDialog({ view }: { view: ViewContext }) {
  const { title, keys } = view.t.keyboardHelp
  const rows = [
    [['/'], keys.search],
    [['j', 'k'], keys.move],
    [['Enter'], keys.open],
    [['r'], keys.refresh],
    [['a'], view.t.activation.activate],
    [['u'], view.t.activation.lastUndo],
    [['n'], keys.add],
    [['?'], keys.help],
    [['Esc'], keys.close],
  ] as const
  return (
    <DialogContent view={view} title={title}>
      <div class="dialog-content__body">
        <dl class="shortcuts">
          {rows.map(([names, words]) => (
            <div>
              <dt>
                {names.map((name) => (
                  <kbd>{name}</kbd>
                ))}
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} words={view.t.frame.close} />
      </footer>
    </DialogContent>
  )
}
