/** @jsxImportSource #html */
/** One message about what just happened, above the page; announced, and gone with the next one. */

import { MarkShape } from '../ui/icon.tsx'

export interface FlashMessage {
  tone: 'good' | 'warn' | 'bad'
  title: string
  detail?: string
}

/** What stands inside `#flash`. */
export function Flash({ message }: { message: FlashMessage }) {
  return (
    <div class="flash" data-tone={message.tone} role={message.tone === 'bad' ? 'alert' : 'status'}>
      <MarkShape tone={message.tone} />
      <p class="flash__text">
        <strong>{message.title}</strong>
        {message.detail && <span> {message.detail}</span>}
      </p>
    </div>
  )
}
