/* A few delegated listeners: the dialog, copying, checking what is pasted, news of the connection, and the one-time link. */

const dialog = () => document.getElementById('dialog')

/* What the dialog showed last: a swap elsewhere on the page must not open it again while it is closing. */
let shown = null

document.addEventListener('htmx:after:swap', () => {
  const box = dialog()
  const content = box?.querySelector('[data-dialog]')
  const isNew = content !== shown
  shown = content
  if (!content || !isNew || box.open) return
  for (const menu of document.querySelectorAll(':popover-open')) menu.hidePopover()
  box.showModal()
  if (!box.querySelector('[autofocus]')) box.querySelector('#dialog-title')?.focus()
})

/* What asks again and again is replaced by what asks anew: an answer to the one that is gone is nobody's, and it asks no more. */
const POLLS = '[hx-trigger*="every"]'
const abort = (element) => element.dispatchEvent(new Event('htmx:abort'))

document.addEventListener('htmx:before:cleanup', ({ target }) => {
  if (target.matches?.(POLLS)) abort(target)
})

document.addEventListener('htmx:before:request', (event) => {
  const { sourceElement } = event.detail.ctx
  if (!sourceElement.isConnected && sourceElement.matches(POLLS)) event.preventDefault()
})

document.addEventListener('dialog:close', () => dialog()?.close())

document.addEventListener(
  'close',
  (event) => {
    if (event.target !== dialog() || dialog().open) return
    for (const poll of dialog().querySelectorAll(POLLS)) abort(poll)
    document.getElementById('dialog-body').replaceChildren()
    shown = null
  },
  true,
)

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value)
  const word = button.querySelector('[data-copy-word]')
  const before = word.textContent
  if (before === button.dataset.copied) return
  word.textContent = button.dataset.copied
  setTimeout(() => (word.textContent = before), 2_000)
})

/** What is wrong with a pasted response, as far as can be told without the server; null when nothing was typed. */
function judgePaste(text, expectedState) {
  const pasted = text.replace(/\s+/g, '')
  if (pasted === '') return null
  const isAddress = /^https?:\/\//.test(pasted)
  const query = isAddress && URL.canParse(pasted) ? new URL(pasted).searchParams : null
  if (query?.has('error')) return 'error'
  if (isAddress && !query?.get('code')) return 'codeMissing'
  const state = query ? query.get('state') : pasted.split('#')[1]
  if (!state) return 'stateMissing'
  return expectedState && state !== expectedState ? 'otherState' : 'good'
}

document.addEventListener('input', ({ target }) => {
  if (!target.matches?.('[data-paste-check]')) return
  const link = target.closest('[data-dialog]')?.querySelector('[data-authorization-link]')
  const verdict = judgePaste(target.value, link && new URL(link.href).searchParams.get('state'))
  const place = document.getElementById(target.dataset.pasteCheck)
  place.dataset.tone = verdict === 'good' ? 'good' : 'bad'
  place.textContent = verdict ? target.dataset[verdict] : ''
})

const showOffline = (isOffline) => () => document.getElementById('offline')?.toggleAttribute('hidden', !isOffline)
document.addEventListener('htmx:sse:error', showOffline(true))
document.addEventListener('htmx:sse:after:connection', showOffline(false))

/** The secret of a one-time link stands in the fragment: it is taken out of the address, and posted once. */
function redeemLink() {
  const secret = /^#t=([\w-]+)$/.exec(location.hash)?.[1]
  const form = document.querySelector('[data-one-time-link]')
  if (!secret) return
  history.replaceState(null, '', location.pathname + location.search)
  if (!form) return
  form.elements.namedItem('link').value = secret
  form.querySelector('[role="status"]').hidden = false
  form.submit()
}

document.addEventListener('DOMContentLoaded', redeemLink)
// A link that is opened where the sign-in page stands already changes the fragment only.
addEventListener('hashchange', redeemLink)
