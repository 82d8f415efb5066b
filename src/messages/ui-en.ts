/** Texts of pages and dialogs in English; the shape that every other language must fill. */

import { grouped } from './numbers.ts'
import { accountEn } from './ui-en-account.ts'
import { activationEn } from './ui-en-activation.ts'
import { activityEn } from './ui-en-activity.ts'
import { alertsEn } from './ui-en-alerts.ts'
import { consentEn } from './ui-en-consent.ts'
import { consoleKeysEn } from './ui-en-console-keys.ts'
import { custodyEn } from './ui-en-custody.ts'
import { historyEn } from './ui-en-history.ts'
import { keyRotationEn } from './ui-en-key-rotation.ts'
import { limitsEn } from './ui-en-limits.ts'
import { profilesEn } from './ui-en-profiles.ts'
import { settingsEn } from './ui-en-settings.ts'
import { signInEn } from './ui-en-sign-in.ts'
import { signOutEn } from './ui-en-sign-out.ts'
import { timelineEn } from './ui-en-timeline.ts'

const plural = new Intl.PluralRules('en')
const one = (count: number, singular: string, other: string) => (plural.select(count) === 'one' ? singular : other)

export const en = {
  ...signInEn,
  ...settingsEn,
  ...accountEn,
  ...consentEn,
  ...activityEn,
  ...signOutEn,
  ...custodyEn,
  ...activationEn,
  ...profilesEn,
  ...consoleKeysEn,
  ...keyRotationEn,
  ...limitsEn,
  ...historyEn,
  ...alertsEn,
  ...timelineEn,
  frame: {
    skip: 'Skip to content',
    navigation: 'Main',
    accounts: 'Accounts',
    settings: 'Settings',
    signOut: 'Sign out',
    mask: 'Hide personal data',
    unmask: 'Show personal data',
    keyboard: 'Keyboard shortcuts',
    close: 'Close',
    dismiss: 'Dismiss',
    back: 'Back to accounts',
    cancel: 'Cancel',
    save: 'Save',
    copy: 'Copy',
    copied: 'Copied',
    unknown: 'unknown',
    none: 'none',
    disclaimer: 'Not affiliated with Anthropic, OpenAI or GitHub. Your own accounts, on your own machine.',
    offline: 'Live updates are interrupted. What you see may be old; reload to be sure.',
  },
  counts: {
    healthy: (n: number) => `${n} healthy`,
    unsettled: (n: number) => `${n} unsettled`,
    needYou: (n: number) => `${n} ${one(n, 'needs', 'need')} you`,
    accounts: (n: number) => `${n} ${one(n, 'account', 'accounts')}`,
    shown: (shown: number, all: number) => `${shown} of ${all} shown`,
    range: (from: number, to: number, all: number) => `${grouped(from)}–${grouped(to)} of ${grouped(all)}`,
  },
  time: {
    now: 'now',
    never: 'never',
  },
  accounts: {
    pages: 'Pages',
    previousPage: 'Previous page',
    nextPage: 'Next page',
    pageOf: (page: number, pages: number) => `Page ${grouped(page)} of ${grouped(pages)}`,
    title: 'Accounts',
    add: 'Add account',
    databaseAway: 'The database does not answer',
    databaseAwaySince: (when: string) =>
      `What you see was read ${when}. Nothing is refreshed or changed until it is back.`,
    search: 'Search accounts',
    searchHint: 'Search by name, e-mail or organisation',
    provider: 'Provider',
    allProviders: 'All providers',
    state: 'State',
    states: { all: 'All states', healthy: 'Healthy', unsettled: 'Unsettled', need_you: 'Need you', paused: 'Paused' },
    sort: 'Sort',
    sorts: { position: 'Own order', name: 'By name', next: 'By next event', proof: 'By last proof' },
    group: 'Group by provider',
    apply: 'Apply',
    noMatch: 'No account matches this view.',
    showAll: 'Show all accounts',
    runningNow: 'Running now',
    runningIn: (cli: string) => `${cli} is signed in as`,
    liveIn: (cli: string) => `in ${cli} now`,
    columns: {
      account: 'Account',
      plan: 'Organisation and plan',
      login: 'Login',
      data: 'Data',
      ownership: 'Owner',
      next: 'Next and last proof',
    },
    paused: 'Paused',
    noPlan: 'plan not known',
    list: 'All accounts',
  },
  marks: {
    login: {
      name: 'Login',
      valid: 'Valid',
      ends_soon: 'Ends soon',
      retrying: 'Retrying',
      unknown_outcome: 'Outcome unknown',
      sign_in_again: 'Sign in again',
    },
    data: { name: 'Data', fresh: 'Fresh', old: 'Old', not_permitted: 'Not permitted', never_read: 'Never read' },
    ownership: { name: 'Owner', dashboard: 'Dashboard', cli: 'CLI', nobody: 'Nobody', conflict: 'Conflict' },
    explain: (name: string, word: string, account: string) => `${name}: ${word}. Explain for ${account}`,
  },
  row: {
    signInAgain: 'Sign in again',
    resolve: 'Resolve',
    refresh: 'Refresh',
    refreshing: 'Refreshing…',
    refreshOf: (account: string) => `Refresh ${account}`,
    actionsOf: (account: string) => `More actions for ${account}`,
    open: 'Open account',
    pause: 'Pause refreshing',
    resume: 'Resume refreshing',
    takeOver: 'Take over…',
    remove: 'Remove…',
    loginEnds: (when: string) => `login ends ${when}`,
    loginEnded: 'login has ended',
    refreshes: (when: string) => `refreshes ${when}`,
    retries: (when: string) => `tries again ${when}`,
    expires: (when: string) => `token ends ${when}`,
    expired: (when: string) => `token ended ${when}`,
    nothingNext: 'nothing scheduled',
    worked: (when: string) => `worked ${when}`,
    neverWorked: 'not proved yet',
    maskedAccount: (provider: string, tail: string) => `${provider} account ${tail}`,
  },
  empty: {
    title: 'No account yet',
    lead: 'Start with a login that is already on this machine, or sign in here.',
    found: 'Found on this machine',
    foundLead: 'Nothing is changed by looking. Linking only reads; taking over moves the refreshing here.',
    nothingFound: 'No login of a coding CLI or another tool was found on this machine.',
    signIn: 'Sign in',
    signInWith: (provider: string) => `Sign in with ${provider}`,
    otherWays: 'Other ways',
    pasteToken: 'Paste a token',
    otherFile: 'Import another file',
  },
  actors: {
    browser: 'you, in the browser',
    api: 'a program',
    cli: 'you, in the terminal',
    scheduler: 'schedule',
    watcher: 'file watcher',
    startup: 'start of Tokendeck',
  } as Record<string, string>,
  outcomes: {
    alert_rules_saved: 'Rules are saved.',
    label_saved: 'Label saved.',
    moved: 'Order changed.',
    paused: 'Refreshing is paused.',
    resumed: 'Refreshing goes on.',
    forgotten: 'The account is forgotten here. The login itself still works where copies of it are.',
    revoked: 'The account is removed, and the provider confirmed the sign-out.',
    revoke_pending: 'The account is removed here. The provider could not sign it out yet and goes on being asked.',
    revoke_not_confirmed:
      'The account is removed here. The provider did not confirm the sign-out: check your sessions there.',
    revoke_not_supported:
      'The account is removed here. This provider offers no sign-out for programs: end the session there.',
    linked: 'The login is linked. The CLI goes on refreshing it.',
    taken_over: 'The login is taken over. From now on only Tokendeck refreshes it.',
    token_added: 'The token is saved.',
    cancelled: 'The sign-in was cancelled.',
    settings_saved: 'Settings saved.',
    session_ended: 'That browser is signed out.',
    signed_in: 'Signed in.',
  },
  errorPage: {
    title: 'That did not work',
    notFound: 'There is no such page',
    notFoundDetail: 'The address is wrong, or what it named is gone.',
    reference: (id: string) => `Reference ${id}`,
  },
  keyboardHelp: {
    title: 'Keyboard shortcuts',
    keys: {
      search: 'Search',
      move: 'Next and previous account',
      open: 'Open the account',
      refresh: 'Refresh the account',
      add: 'Add an account',
      help: 'This help',
      close: 'Close the dialog',
    },
  },
}

export type UiMessages = typeof en
