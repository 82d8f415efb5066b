/**
 * Files of the CLIs in the shapes in which they are met: any order, any layout, any neighbours, numbers and escapes that a
 * parser would not give back. And a reader of its own for what stands between their keys, to judge edits by.
 */

import fc from 'fast-check'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import type { PlaceFiles } from '../cli-credentials/place-files.ts'
import type { WritableLogin } from '../cli-credentials/writable-login.ts'
import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import { codexClaims, fakeJwt } from './builders.ts'

/** A JSON value as raw text: what an object holds that nobody may touch. */
const rawLeaf = fc.oneof(
  fc.constantFrom(
    '123456789012345678901234567890',
    '1e400',
    '-0.0',
    '1.50',
    '0.1e-7',
    '"\\u00e9\\/\\ud83d\\ude00"',
    '"},{\\"claudeAiOauth\\":"',
    '"日本語"',
    '""',
    'null',
    'true',
    '[]',
    '{}',
  ),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.integer().map(String),
)

interface Layout {
  unit: string | null
  eol: string
  colon: string
  end: string
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  unit: fc.constantFrom(null, '  ', '    ', '\t', ' ', ''),
  eol: fc.constantFrom('\n', '\r\n'),
  colon: fc.constantFrom(':', ': ', ' : ', ':  '),
  end: fc.constantFrom('', '\n', '\r\n', ' \n\n'),
})

/** The text of an object of these members, in a layout; `depth` is that of the object. */
function write(members: readonly (readonly [string, string])[], { unit, eol, colon }: Layout, depth = 0): string {
  if (members.length === 0) return '{}'
  const lead = unit === null ? '' : eol + unit.repeat(depth + 1)
  const close = unit === null ? '' : eol + unit.repeat(depth)
  return `{${members.map(([name, raw]) => `${lead}${name}${colon}${raw}`).join(',')}${close}}`
}

const name = (text: string) => JSON.stringify(text)

/** Neighbours: those that are known, unknown ones, and names that look like others. */
const neighbours = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom(
      ...[
        'mcpOAuth',
        'mcpOauth',
        'mcpXaaIdp',
        'pluginSecrets',
        'designOauth',
        'numStartups',
        'projects',
        'unknown',
      ].map(name),
      '"claudeAiOauth2"',
      '"caf\\u00e9"',
      '"__proto__"',
      '"tokens "',
      '""',
    ),
    fc.oneof(
      rawLeaf,
      rawLeaf.map((raw) => `{"a": [ ${raw} ,1],"b":{"c":${raw}}}`),
      fc.nat(120).map((depth) => `${'[{"x":'.repeat(depth)}0${'}]'.repeat(depth)}`),
    ),
  ),
  { selector: ([key]) => key, maxLength: 5 },
)

export const ADA: Identity = {
  subject: '00000000-0000-4000-8000-0000000000aa',
  organizationId: '00000000-0000-4000-8000-0000000000bb',
  organizationName: 'Example Works',
  email: 'ada@example.com',
  displayName: 'Ada',
  plan: 'max',
  rateLimitTier: 'default_claude_max_5x',
}
export const BEN: Identity = {
  ...ADA,
  subject: '00000000-0000-4000-8000-0000000000cc',
  email: 'ben@example.com',
  displayName: 'Ben',
  plan: 'pro',
}

/** A login that can be written. */
export function writableLogin(
  cli: 'claude' | 'codex',
  identity: Identity,
  more: Partial<WritableLogin> = {},
): WritableLogin {
  const claims = codexClaims({
    subject: identity.subject,
    organizationId: identity.organizationId,
    email: identity.email!,
    plan: 'plus',
    exp: 1_795_400_000,
  })
  return {
    identity,
    accessToken: new Secret(
      cli === 'claude'
        ? `sk-ant-oat01-FAKE-${identity.displayName}`
        : fakeJwt({ exp: 1_795_400_000, of: identity.subject }),
    ),
    refreshToken: new Secret(
      cli === 'claude' ? `sk-ant-ort01-FAKE-${identity.displayName}` : `rt_FAKE_${identity.displayName}`,
    ),
    idToken: cli === 'codex' ? new Secret(fakeJwt(claims)) : null,
    scopes: ['user:inference', 'user:profile'],
    accessTokenExpiresAt: cli === 'claude' ? 1_795_400_000_000 : 1_795_400_000_000,
    loginExpiresAt: cli === 'claude' ? 1_797_900_000_000 : null,
    clientId: null,
    issuedAt: 1_795_371_200_000,
    members: null,
    ...more,
  }
}

const PLACES: Record<'claude' | 'codex', CredentialPlace> = {
  claude: {
    cli: 'claude',
    provider: 'claude',
    directory: '/home/ada/.claude',
    path: '/home/ada/.claude/.credentials.json',
    companionPath: '/home/ada/.claude.json',
    kind: 'default',
  },
  codex: {
    cli: 'codex',
    provider: 'codex',
    directory: '/home/ada/.codex',
    path: '/home/ada/.codex/auth.json',
    companionPath: null,
    kind: 'default',
  },
}

/** Files of a place with these texts, as if they had been read. */
export function placeFiles(cli: 'claude' | 'codex', text: string | null, companion: string | null = null): PlaceFiles {
  const place = PLACES[cli]
  const file = (role: 'credentials' | 'companion', path: string, content: string | null) => ({
    role,
    path,
    target: path,
    text: content === null ? null : new Secret(content),
    facts: null,
    isReadableByOthers: false,
  })
  const companions = cli === 'claude' ? [file('companion', place.companionPath!, companion)] : []
  return { place, files: [file('credentials', place.path, text), ...companions] }
}

const claudeLoginMembers = fc
  .record({
    who: fc.constantFrom(ADA, BEN, null),
    blanked: fc.boolean(),
    extra: fc.uniqueArray(fc.tuple(fc.constantFrom('"subscriptionTypeSource"', '"later"', '"loginEnded"'), rawLeaf), {
      selector: ([key]) => key,
      maxLength: 2,
    }),
    order: fc.nat(),
  })
  .map(({ who, blanked, extra, order }) => {
    const members: [string, string][] = [
      ['"accessToken"', blanked ? '""' : '"sk-ant-oat01-FAKE-OLD"'],
      ['"refreshToken"', blanked ? '""' : '"sk-ant-ort01-FAKE-OLD"'],
      ['"expiresAt"', blanked ? '0' : '1795300000000.0'],
      ['"scopes"', '["user:inference"]'],
      ...(who
        ? [
            ['"accountUuid"', name(who.subject)] as [string, string],
            ['"organizationUuid"', name(who.organizationId)] as [string, string],
          ]
        : []),
      ...extra,
    ]
    return rotate(members, order)
  })

const codexTokenMembers = fc
  .record({ who: fc.constantFrom(ADA, BEN), owner: fc.boolean(), order: fc.nat() })
  .map(({ who, owner, order }) => {
    const login = writableLogin('codex', who)
    const members: [string, string][] = [
      ['"id_token"', name(login.idToken!.reveal())],
      ['"access_token"', name(`${login.accessToken.reveal()}OLD`)],
      ['"refresh_token"', name('rt_FAKE_OLD')],
      ...(owner ? [['"oauth_provenance"', '{"issuer":"https://auth.example","n": 1e400}'] as [string, string]] : []),
      ['"account_id"', name(who.organizationId)],
    ]
    return rotate(members, order)
  })

const shape = (
  inner: { key: string; members: fc.Arbitrary<[string, string][]> },
  others: [string, fc.Arbitrary<string>][],
) =>
  fc
    .record({
      layout: layouts,
      login: fc.option(fc.oneof({ weight: 6, arbitrary: inner.members }, { weight: 1, arbitrary: rawLeaf })),
      others: fc.tuple(...others.map(([, raw]) => fc.option(raw))),
      beside: neighbours,
      order: fc.nat(),
    })
    .map(({ layout, login, others: values, beside, order }) => {
      const members: [string, string][] = [...beside]
      if (login !== null) members.push([inner.key, typeof login === 'string' ? login : write(login, layout, 1)])
      values.forEach((raw, index) => void (raw !== null && members.push([others[index]![0], raw])))
      return write(rotate(members, order), layout) + layout.end
    })

export const claudeCredentialTexts = shape({ key: '"claudeAiOauth"', members: claudeLoginMembers }, [
  ['"organizationUuid"', fc.constantFrom(name(ADA.organizationId), '"other"')],
  ['"trustedDeviceToken"', fc.constant('"FAKE-DEVICE"')],
])

export const claudeCompanionTexts = shape(
  {
    key: '"oauthAccount"',
    members: fc.constantFrom(ADA, BEN).map((who) => [
      ['"accountUuid"', name(who.subject)],
      ['"organizationUuid"', name(who.organizationId)],
      ['"emailAddress"', name(who.email!)],
    ]),
  },
  [['"primaryApiKey"', fc.constant('"sk-ant-api03-FAKE"')]],
)

export const codexTexts = shape({ key: '"tokens"', members: codexTokenMembers }, [
  ['"auth_mode"', fc.constantFrom('"chatgpt"', '"apikey"', 'null')],
  ['"OPENAI_API_KEY"', fc.constantFrom('null', '"sk-fab-FAKE"')],
  ['"last_refresh"', fc.constantFrom('"2026-11-22T08:00:00.123456789Z"', 'null')],
])

function rotate<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

/** A member as it stands in a text, with what stands before and after it up to the commas. */
interface Chunk {
  key: string
  lead: string
  body: string
  tail: string
}

/** Splits an object's text at its own commas. Independent of the code under test. */
export function chunksOf(text: string): { before: string; chunks: Chunk[]; after: string } {
  const open = text.indexOf('{')
  const cuts: number[] = []
  let depth = 0
  let close = -1
  for (let at = open; close < 0; at++) {
    const character = text[at]!
    if (character === '"') {
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (--depth === 0) close = at
    } else if (character === ',' && depth === 1) cuts.push(at)
  }
  const edges = [open, ...cuts, close]
  const chunks = edges.slice(1).map((end, index) => {
    const chunk = text.slice(edges[index]! + 1, end)
    const body = chunk.trim()
    const lead = chunk.slice(0, chunk.indexOf(body))
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(body)?.[0] ?? '""'
    return { key: JSON.parse(quoted) as string, lead, body, tail: chunk.slice(lead.length + body.length) }
  })
  return { before: text.slice(0, open), chunks: chunks.filter(({ body }) => body !== ''), after: text.slice(close + 1) }
}
