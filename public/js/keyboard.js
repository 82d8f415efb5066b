/* The keyboard: / search, j and k move, r refreshes, a activates, u undoes, n adds, ? explains. Enter follows the focused link, as everywhere. */

function moveFocus(step) {
  const rows = [...document.querySelectorAll('[data-row]')]
  const current = rows.indexOf(document.activeElement?.closest('.account-row')?.querySelector('[data-row]'))
  const next = current < 0 ? (step > 0 ? 0 : rows.length - 1) : current + step
  rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus()
}

const shortcuts = {
  '/': () => document.querySelector('[data-shortcut="/"]')?.focus(),
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  r: () => document.activeElement?.closest('.account-row')?.querySelector('[data-refresh]')?.requestSubmit(),
  a: () => document.activeElement?.closest('.account-row')?.querySelector('[data-activate]')?.click(),
  u: () => document.querySelector('[data-shortcut="u"]')?.click(),
  n: () => document.querySelector('[data-shortcut="n"]')?.click(),
  '?': () => document.querySelector('[data-shortcut="?"]')?.click(),
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.getElementById('dialog')?.open)
    return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  if (!Object.hasOwn(shortcuts, event.key)) return
  event.preventDefault()
  shortcuts[event.key]()
})
