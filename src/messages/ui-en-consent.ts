/** Texts of the notice that stands before a restricted sign-in, in English. */

import type { SignInNotice } from '../accounts/consent.ts'

interface NoticeWords {
  lead: (provider: string) => string
  rule: (provider: string) => string
  /** The way beside it, where the provider's own CLI can sign in. */
  alternative: (cli: string) => string
}

const notices: Record<SignInNotice, NoticeWords> = {
  anthropic_terms: {
    lead: () => 'Anthropic’s published terms restrict this way of signing in.',
    rule: () =>
      'Since 22 August 2026 they say: developers may not collect, store or pass on Claude.ai credentials or session tokens, and signing in must be completed through Anthropic’s own flow. They name no exception for local tools or for your own account. Anthropic may enforce this without notice, up to closing an account.',
    alternative: (cli) =>
      `The way those terms document: let the unmodified ${cli} sign in inside a profile. Tokendeck reads that profile and keeps no token of its own.`,
  },
  provider_terms: {
    lead: (provider) => `The terms of ${provider} restrict this way of signing in.`,
    rule: (provider) =>
      `So says the configuration of this installation. Read those terms before you go on: ${provider} may enforce them, up to closing an account.`,
    alternative: (cli) =>
      `Another way: let the unmodified ${cli} sign in inside a profile. Tokendeck reads that profile and keeps no token of its own.`,
  },
}

export const consentEn = {
  consent: {
    title: (provider: string) => `Before you sign in to ${provider} here`,
    notices,
    what: 'If you go on, Tokendeck asks for a login of its own and keeps its tokens sealed on this machine. It names itself honestly in every request and relays nothing.',
    useProfile: 'Use a CLI-held profile',
    agree: 'I understand',
    once: 'Asked once for this installation.',
  },
}
