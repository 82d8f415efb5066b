/** What a callback page has to say, as data. The words and the HTML are made elsewhere and given in as `CallbackPages`. */

/** What became of an arrival. `isOver` false: the sign-in still waits for the right response. */
export type CallbackPageState =
  | { kind: 'connected'; providerName: string; accountName: string }
  | { kind: 'denied'; providerName: string; detail: string | null }
  | { kind: 'failed'; providerName: string; code: string; detail: string | null }
  /** No sign-in that waits has this state: another one's, a forged one, or one that is over. Nothing was done. */
  | { kind: 'unknown_sign_in' }
  /** The bare address, as a reload of a page that took its code out of the address. */
  | { kind: 'nothing' }
  /** Our own trouble: nothing can be said about the sign-in. */
  | { kind: 'trouble' }
  | { kind: 'other_browser'; providerName: string }
  /** The response lacks something or has it twice. Nothing was done. */
  | { kind: 'unreadable'; code: string }

/** Makes the page. `detail` and names come from outside: an implementation must escape them. */
export interface CallbackPages {
  render(state: CallbackPageState, acceptLanguage: string | undefined, dashboardUrl: string): string
  styleSheet: string
}
