/** @jsxImportSource #html */
/** Every page and dialog in every state: hostile text stays text, the mask hides, htmx gets its nonces, and no control is dead. */

import { describe, expect, test } from 'vitest'
import type { AccountSummary } from '../accounts/account-summary.ts'
import type { AuthorizationView } from '../accounts/authorization-view.ts'
import type { ReasonCode } from '../accounts/health-reason.ts'
import { LANGUAGES, type Language } from '../messages/languages.ts'
import { messagesFor } from '../messages/messages.ts'
import { pageRoutes } from '../routes/pages.ts'
import { sessionRoutes } from '../routes/sessions.tsx'
import { aUsageHistory } from '../testing/usage-history-data.ts'
import {
  A_CALL,
  aCandidate,
  aCustodyMap,
  aLineage,
  anAccount,
  anAuthorization,
  aSignOutPreview,
  NOW,
  REASONS,
  SOME_PROVIDERS,
  someRevocations,
} from '../testing/view-data.ts'
import { countAccounts, filterAccounts, listHref, parseAccountFilter } from './account-filter.ts'
import { AddAccountDialog } from './dialogs/add-account-dialog.tsx'
import { AddTokenDialog } from './dialogs/add-token-dialog.tsx'
import { ConsentDialog } from './dialogs/consent-dialog.tsx'
import { ExplanationDialog } from './dialogs/explanation-dialog.tsx'
import { ImportChoiceDialog, ImportDialog } from './dialogs/import-dialog.tsx'
import { KeyboardDialog } from './dialogs/keyboard-dialog.tsx'
import { RemoveDialog } from './dialogs/remove-dialog.tsx'
import { SignInDialog } from './dialogs/sign-in-dialog.tsx'
import { AccountPage } from './pages/account-page.tsx'
import { AccountsPage } from './pages/accounts-page.tsx'
import { ActivityPage } from './pages/activity-page.tsx'
import { DialogPage } from './pages/dialog-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { UsagePage } from './pages/usage-page.tsx'
import { AccountRow } from './partials/account-row.tsx'
import { durationText, relativeText } from './ui/time.tsx'
import type { ViewContext } from './view-context.ts'

const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA'
const HOSTILE = '"><img src=x onerror=alert(1)>\'<script>alert(2)</script>'

function aView(changes: Partial<ViewContext> = {}): ViewContext {
  const language: Language = changes.language ?? 'en'
  return {
    language,
    t: messagesFor(language),
    nonce: NONCE,
    csrfToken: 'CSRF-FAKE',
    theme: 'system',
    isMasked: false,
    now: NOW,
    timeZone: 'UTC',
    path: '/',
    assets: { css: '/assets/app.css', js: '/assets/app.js', icon: '/assets/icon.svg' },
    version: '0.0.0-test',
    ...changes,
  }
}

const FINDINGS = ['changed', 'missing', 'cut_off', 'not_linked', 'added', 'head_missing', 'head_changed', 'unheard-of']
const METHODS = ['callback', 'paste', 'device', 'cli_profile'] as const
const STATUSES = ['pending', 'complete', 'failed', 'expired', 'cancelled'] as const

/** Every document and dialog that there is, by name. */
function everything(
  view: ViewContext,
  account: AccountSummary,
  authorization: Partial<AuthorizationView> = {},
): Record<string, string> {
  const frame = { counts: countAccounts([account]), flash: { tone: 'good' as const, title: account.label ?? '' } }
  const filter = parseAccountFilter(new URLSearchParams('group=provider'))
  const error = { title: account.label ?? 'Wrong', detail: account.email ?? '' }
  const candidate = aCandidate({ identity: { ...aCandidate().identity!, email: account.email } })
  const dialogs = {
    consent: (
      <ConsentDialog
        view={view}
        consent={{
          provider: 'claude',
          providerName: account.label ?? 'Claude',
          notice: 'provider_terms',
          profileCli: 'claude',
          isGiven: false,
        }}
        method="paste"
        variant={null}
        accountId={null}
        label={account.label}
      />
    ),
    add: <AddAccountDialog view={view} providers={SOME_PROVIDERS} again={null} error={error} />,
    again: <AddAccountDialog view={view} providers={SOME_PROVIDERS} again={{ accountId: account.id, name: 'Work' }} />,
    token: (
      <AddTokenDialog
        view={view}
        providers={SOME_PROVIDERS}
        provider="claude"
        kind="token_pair"
        label={account.label ?? ''}
        error={error}
      />
    ),
    imports: <ImportDialog view={view} candidates={[candidate]} providerName={(id) => id} error={error} />,
    choice: <ImportChoiceDialog view={view} path={candidate.path} candidate={candidate} error={error} />,
    remove: <RemoveDialog view={view} account={account} preview={aSignOutPreview(account.label ?? '')} error={error} />,
    explanation: <ExplanationDialog view={view} account={account} mark="login" />,
    conflict: <ExplanationDialog view={view} account={account} mark="ownership" custody={aCustodyMap('/home/ada/x')} />,
    keyboard: <KeyboardDialog view={view} />,
    ...Object.fromEntries(
      METHODS.flatMap((method) =>
        STATUSES.map((status) => [
          `${method} ${status}`,
          <SignInDialog
            view={view}
            authorization={anAuthorization({ method, status, label: account.label, ...authorization })}
            error={error}
          />,
        ]),
      ),
    ),
  }
  const pages = {
    accounts: (
      <AccountsPage
        view={view}
        accounts={[account]}
        filter={filter}
        providers={SOME_PROVIDERS}
        candidates={[]}
        running={[]}
        revocations={someRevocations(account.label ?? '')}
        flash={null}
      />
    ),
    empty: (
      <AccountsPage
        view={view}
        accounts={[]}
        filter={filter}
        providers={SOME_PROVIDERS}
        candidates={[candidate]}
        running={[]}
        revocations={[]}
        flash={null}
      />
    ),
    account: (
      <AccountPage
        view={view}
        account={account}
        history={[]}
        lineage={aLineage(account.label ?? '')}
        custody={aCustodyMap(account.credentialPath ?? account.label ?? '')}
        calls={[A_CALL]}
        usageHistory={aUsageHistory(account.label ?? '')}
        frame={frame}
        labelError={{ ...error, typed: account.label ?? '' }}
      />
    ),
    usage: (
      <UsagePage
        view={view}
        frame={frame}
        accounts={[account]}
        place={{ page: 1, pages: 2 }}
        history={{
          ...aUsageHistory(account.label ?? ''),
          windows: account.usage.windows.map(({ id }) => ({
            ...aUsageHistory(account.label ?? '').windows[2]!,
            ...{ accountId: account.id, windowId: id },
          })),
        }}
      />
    ),
    activity: (
      <ActivityPage
        view={view}
        frame={frame}
        accounts={[account]}
        entries={[account.id, 'acc_gone', null].map((accountId, id) => ({
          ...{ id, at: NOW, accountId, kind: account.label ?? 'x', actor: account.label ?? 'x' },
          details: { path: '/home/ada/x', label: account.email, code: account.label },
        }))}
        kinds={['grant.refreshed', account.label ?? '']}
        filter={{ account: account.label ?? '', kind: '' }}
        olderHref="/activity?before=1"
        newestHref="/activity"
        calls={[{ provider: 'claude', providerName: 'Claude', endpoint: 'token', count: 1, failed: 1, lastAt: NOW }]}
        check={{
          ...{ isWhole: false, events: 12_345, durationMs: 12, findingCount: 40 },
          findings: FINDINGS.map((kind) => ({ kind, firstId: 1, lastId: 2 })),
        }}
      />
    ),
    settings: (
      <SettingsPage
        view={view}
        frame={frame}
        language={null}
        providers={[]}
        keyFacts={{
          ...{ id: 'k_1', source: 'file', location: '/home/ada/key', run: null, isShared: false },
          former: [{ id: 'k_0', retiredAt: NOW, keepUntil: NOW, emptiedAt: null }],
        }}
        sessions={[{ id: 's1', userAgent: account.label, createdAt: NOW, lastSeenAt: NOW, isThis: false }]}
        machines={[true, false].map((isThis) => ({
          ...{ id: 'mac_1', name: account.label ?? 'host', firstSeenAt: NOW, lastSeenAt: NOW, retiredAt: NOW, isThis },
        }))}
        about={{ home: '/home/ada/t', databaseUrl: 'file:/home/ada/t/db', configFile: '/home/ada/t/config.toml' }}
        countsTranscripts
      />
    ),
    signIn: <SignInPage view={view} problem="token_wrong" next={account.label ?? '/'} />,
    page: (
      <DialogPage view={view} title={account.label ?? ''} frame={frame} reloadSeconds={5}>
        {dialogs.remove}
      </DialogPage>
    ),
  }
  return Object.fromEntries(Object.entries({ ...pages, ...dialogs }).map(([name, node]) => [name, String(node)]))
}

/** Opening tags of a document. */
function tagsOf(html: string): string[] {
  return html.match(/<[a-z][^<>]*(?:"[^"]*"[^<>]*)*>/g) ?? []
}

describe.each(LANGUAGES)('in %s', (language) => {
  const view = aView({ language })
  const documents = everything(view, anAccount())

  test('every element of htmx carries the nonce, nothing has inline style or handlers', () => {
    for (const [name, html] of Object.entries(documents)) {
      for (const tag of tagsOf(html)) {
        if (/\shx-(get|post|sse)/.test(tag)) expect(tag, name).toContain(`hx-nonce="${NONCE}"`)
        expect(tag, name).not.toMatch(/\sstyle=|\son[a-z]+=/)
        if (tag.startsWith('<script')) expect(tag, name).toContain(`nonce="${NONCE}"`)
      }
      expect(html, name).not.toMatch(/undefined|\[object |NaN/)
    }
  })

  test('every reason is explained in full', () => {
    for (const code of Object.keys(REASONS) as ReasonCode[]) {
      const mark = code.startsWith('data') ? 'data' : code.startsWith('owner') ? 'ownership' : 'login'
      const account = anAccount()
      account[mark].reason = { code, params: REASONS[code] }
      const html = String(<ExplanationDialog view={view} account={account} mark={mark} />)
      const words = [...html.matchAll(/<dd>(.*?)<\/dd>/gs)].map(([, text]) => text!.trim())
      expect(words, code).toHaveLength(4)
      for (const text of words) expect(text.length, code).toBeGreaterThan(1)
      expect(html, code).not.toMatch(/\{\w+\}/)
    }
  })
})

test('hostile text from providers and people never becomes markup', () => {
  const account = anAccount({
    label: HOSTILE,
    email: HOSTILE,
    displayName: HOSTILE,
    plan: HOSTILE,
    subject: HOSTILE,
    providerName: HOSTILE,
    organization: { id: HOSTILE, name: HOSTILE },
    scopes: [HOSTILE, '__proto__', 'constructor'],
    activeIn: [HOSTILE],
  })
  const documents = everything(aView(), account, {
    providerName: HOSTILE,
    accountName: HOSTILE,
    failure: { code: 'sign_in_denied', detail: HOSTILE },
    portsTaken: [{ port: 1455, holder: HOSTILE }],
    userCode: HOSTILE,
    command: HOSTILE,
  })
  for (const [name, html] of Object.entries(documents)) {
    expect(html, name).not.toContain('<img')
    expect(html, name).not.toContain('<script>alert')
  }
})

test('the mask hides e-mails, names, organisations and home directories on every page and dialog', () => {
  const account = anAccount({ label: 'me@private.example', email: 'ada@private.example', displayName: 'Ada Private' })
  account.organization = { id: 'org', name: 'Private Works' }
  const path = '/home/ada/.claude/.credentials.json'
  account.ownership.holders = [{ kind: 'cli_file', path, machine: null, holds: 'current', mayRefresh: true }]
  account.login.reason = {
    code: 'login_file_other_account',
    params: { path: '/home/ada/x', email: 'ada@private.example' },
  }
  const documents = everything(aView({ isMasked: true }), account, { accountName: 'ada@private.example' })
  for (const [name, html] of Object.entries(documents)) {
    // A page's title is its route's to mask; what was typed into a form that is shown again stays as it was typed.
    if (name === 'page') continue
    const visible = html
      .replace(/<input type="hidden"[^>]*>/g, '')
      .replace(/<div class="(?:notice|flash)" data-tone="(?:bad|good)" role="(?:alert|status)">.*?<\/div>/gs, '')
    expect(visible, name).not.toMatch(/ada@private|Ada Private|Private Works/)
    expect(visible.replace(/(?:href|hx-get|value)="[^"]*"/g, ''), name).not.toContain('/home/ada')
  }
})

test('no control is dead: every form and link of the dashboard leads to a route', () => {
  const routes = [...pageRoutes.routes, ...sessionRoutes.routes]
  const isRoute = (method: string, address: string) => {
    const path = address.replace(/[?#].*$/, '') || '/'
    return routes.some(
      (route) =>
        route.method === method.toUpperCase() && new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(path),
    )
  }
  const documents = everything(
    aView(),
    anAccount({ custody: 'cli', credentialPath: '/home/ada/.claude/.credentials.json' }),
  )
  for (const [name, html] of Object.entries(documents)) {
    for (const tag of tagsOf(html)) {
      const attribute = (key: string) => new RegExp(`\\s${key}="([^"]*)"`).exec(tag)?.[1]
      const href = attribute('href')
      if (tag.startsWith('<a ') && href?.startsWith('/')) expect(isRoute('get', href), `${name} ${href}`).toBe(true)
      if (tag.startsWith('<form'))
        expect(isRoute(attribute('method')!, attribute('action')!), `${name} ${tag}`).toBe(true)
      if (attribute('hx-get')) expect(isRoute('get', attribute('hx-get')!), `${name} ${tag}`).toBe(true)
      const id =
        attribute('popovertarget') ?? (attribute('commandfor') === 'dialog' ? undefined : attribute('commandfor'))
      if (id) expect(html, name).toContain(`id="${id}"`)
    }
  }
})

test('every form that changes something carries the CSRF token', () => {
  for (const [name, html] of Object.entries(everything(aView(), anAccount()))) {
    for (const form of html.match(/<form[^>]*method="post".*?<\/form>/gs) ?? []) {
      if (form.includes('action="/sign-in"')) continue
      expect(form, name).toContain('name="csrf" value="CSRF-FAKE"')
    }
  }
})

test('a row has three marks of shape and word, a refresh button, and the act that its state calls for', () => {
  const row = (changes: Partial<AccountSummary>) => String(<AccountRow view={aView()} account={anAccount(changes)} />)
  const plain = row({})
  expect(plain.match(/class="mark__shape"/g)).toHaveLength(3)
  expect(plain).toContain('aria-label="Refresh Work"')
  expect(plain).not.toContain('btn--primary')
  expect(row({ mainAction: 'sign_in_again' })).toMatch(/btn--primary[^>]*href="\/authorizations\/new\?account=/)
  expect(row({ mainAction: 'resolve' })).toContain('Resolve')
  expect(row({ isRefreshing: true })).toMatch(/aria-busy="true".*disabled/s)
})

test('the address of a list keeps what was chosen and nothing else', () => {
  const filter = parseAccountFilter(
    new URLSearchParams('q=%20ada%20&provider=codex&state=need_you&sort=odd&group=provider&x=1'),
  )
  expect(filter).toEqual({
    search: 'ada',
    provider: 'codex',
    state: 'need_you',
    sort: 'position',
    isGrouped: true,
    page: 1,
  })
  expect(listHref(filter)).toBe('/?q=ada&provider=codex&state=need_you&group=provider')
  const accounts = [
    anAccount({ id: 'acc_1', label: 'Zoe' }),
    anAccount({ id: 'acc_2', provider: 'codex', email: 'ADA@x.example', mainAction: 'resolve' }),
  ]
  expect(filterAccounts(aView(), accounts, filter).map(({ id }) => id)).toEqual(['acc_2'])
  expect(countAccounts(accounts)).toEqual({ healthy: 1, unsettled: 0, needYou: 1 })
})

test('spans and instants are short', () => {
  const minute = 60_000
  expect(durationText(aView(), 130 * minute)).toBe('2 h 10 min')
  expect(durationText(aView(), 24 * 60 * minute)).toBe('1 d')
  expect(durationText(aView(), 24 * 60 * minute + 5 * minute)).toBe('1 d')
  expect(durationText(aView(), 0)).toBe('0 s')
  expect(relativeText(aView(), NOW - 4 * minute - 5_000)).toBe('4 min ago')
  expect(relativeText(aView({ language: 'ja' }), NOW + 130 * minute)).toBe('2 時間 10 分後')
  expect(relativeText(aView(), NOW - 3_000)).toBe('just now')
})
