/*
 * Notifications of this browser: chosen by a click, shown while a page is open. The visible page is told through its live
 * connection; a hidden one, whose connection rests, listens for the news alone.
 */

const NOTICES = 'tokendeck-notices'
const mayNotify = () => 'Notification' in window && Notification.permission === 'granted'
const wantsNotices = () => mayNotify() && localStorage.getItem(NOTICES) === 'on'

/* The same tag for the same alert: several tabs show one notification. */
function notify({ id, title, text }) {
  const notice = new Notification(title, { body: text, tag: id, icon: document.querySelector('link[rel=icon]')?.href })
  notice.addEventListener('click', () => {
    focus()
    location.assign('/alerts')
  })
}

let told = null

function tell(alert) {
  if (!alert?.id || alert.id === told) return
  told = alert.id
  if (wantsNotices()) notify(alert)
}

document.addEventListener('htmx:after:swap', () => {
  const { alertId, alertTitle, alertText } = document.querySelector('#announcer [data-alert-id]')?.dataset ?? {}
  tell({ id: alertId, title: alertTitle, text: alertText })
})

let ear = null

function listenWhileHidden() {
  ear?.close()
  ear = null
  if (!document.hidden || !wantsNotices()) return
  ear = new EventSource('/api/events')
  ear.addEventListener('alert.raised', async () => {
    const answer = await fetch('/api/alerts/news').catch(() => null)
    if (answer?.ok) tell((await answer.json()).alert)
  })
}

document.addEventListener('visibilitychange', listenWhileHidden)

function showNoticeState() {
  const box = document.querySelector('[data-notices]')
  if (!box) return
  const isMissing = !('Notification' in window)
  const isDenied = !isMissing && Notification.permission === 'denied'
  box.hidden = isMissing || isDenied
  const isOn = wantsNotices()
  box.querySelector('[data-notices-on]').hidden = isOn
  box.querySelector('[data-notices-off]').hidden = !isOn
  box.querySelector('[data-notices-test]').hidden = !isOn
  const state = document.querySelector('[data-notices-state]')
  state.textContent = isMissing ? box.dataset.missing : isDenied ? box.dataset.denied : ''
}

document.addEventListener('click', async ({ target }) => {
  const box = target.closest?.('[data-notices]')
  if (!box) return
  if (target.closest('[data-notices-on]')) {
    const answer = await Notification.requestPermission()
    if (answer === 'granted') localStorage.setItem(NOTICES, 'on')
  }
  if (target.closest('[data-notices-off]')) localStorage.removeItem(NOTICES)
  if (target.closest('[data-notices-test]')) {
    notify({ id: 'test', title: box.dataset.testTitle, text: box.dataset.testText })
  }
  showNoticeState()
})

document.addEventListener('DOMContentLoaded', showNoticeState)
