/**
 * What each CLI reads in its files and writes there for a login. Beside the data of the CLIs, because most of what asks for
 * those starts without ever reading a file.
 */

import { join } from 'node:path'
import { readClaims } from '../../lib/jwt-claims.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Identity } from '../../oauth/identity.ts'
import { companionNamesLogin, judgeClaudeCredentials, REQUIRED_SCOPE } from '../claude-credentials.ts'
import {
  claudeMembers,
  withClaudeAccount,
  withClaudeLogin,
  withoutClaudeAccount,
  withoutClaudeLogin,
} from '../claude-login.ts'
import { judgeCodexCredentials, keepsLoginInKeyring } from '../codex-credentials.ts'
import { codexMembers, withCodexLogin, withoutCodexLogin } from '../codex-login.ts'
import type { CliName, CredentialJudgement, CredentialPlace, CredentialReading } from '../credential-file.ts'
import type { PlaceFile } from '../place-files.ts'
import type { WritableLogin } from '../writable-login.ts'

/** How one kind of file is written. `empty`: what stands in a new one before anything else, which gives its layout. */
export interface FileKind {
  empty: string
  /** Members that are objects and of which only members are named in the changes. */
  inside: readonly string[]
  put: (text: string, login: WritableLogin) => string
  take: (text: string) => string
  /** True when a file in which nothing is left goes. */
  goesWhenEmpty: boolean
}

/** Reads a file beside the login whole; null when there is none that can be read. */
export type ReadNeighbour = (path: string | null) => Promise<{ text: string | null; modifiedAt: number } | null>

/** The files of one CLI. */
export interface LoginFiles {
  kinds: Partial<Record<PlaceFile['role'], FileKind>>
  /** What the files' texts say, as the CLI would read them. */
  judge(text: string | null, companion: string | null): CredentialJudgement
  /** What the CLI keeps of an account in its files beside the tokens. */
  membersOf(text: string, companion: string | null, owner: Identity): Secret | null
  /** What the CLI needs of a login and this one lacks; null when it has all. */
  lacks(login: WritableLogin): string | null
  /** No file does not mean no login: each CLI has another store that it may be set to. */
  readAbsence(
    place: CredentialPlace,
    platform: string,
    read: ReadNeighbour,
  ): Promise<CredentialReading & { state: 'missing' | 'keyring' | 'api_key' }>
}

const claude: LoginFiles = {
  kinds: {
    credentials: {
      empty: '{}',
      inside: ['claudeAiOauth'],
      put: withClaudeLogin,
      take: withoutClaudeLogin,
      goesWhenEmpty: true,
    },
    companion: {
      empty: '{\n}',
      inside: ['oauthAccount'],
      put: withClaudeAccount,
      take: withoutClaudeAccount,
      goesWhenEmpty: false,
    },
  },
  judge: judgeClaudeCredentials,
  membersOf: claudeMembers,
  lacks: ({ scopes }) => (scopes.includes(REQUIRED_SCOPE) ? null : REQUIRED_SCOPE),
  async readAbsence({ companionPath }, platform, read) {
    const companion = await read(companionPath)
    const named = companionNamesLogin(companion?.text ?? null)
    if (named === 'account' && platform === 'darwin') return { state: 'keyring' }
    return named === 'api_key' ? { state: 'api_key', modifiedAt: companion!.modifiedAt } : { state: 'missing' }
  },
}

const codex: LoginFiles = {
  kinds: {
    credentials: {
      empty: '{\n}',
      inside: ['tokens'],
      put: withCodexLogin,
      take: withoutCodexLogin,
      goesWhenEmpty: true,
    },
  },
  judge: judgeCodexCredentials,
  membersOf: (text, _, owner) => codexMembers(text, owner),
  lacks: ({ idToken }) => (idToken === null || readClaims(idToken) === null ? 'id_token' : null),
  async readAbsence({ directory }, _, read) {
    const config = await read(join(directory, 'config.toml'))
    return { state: keepsLoginInKeyring(config?.text ?? null) ? 'keyring' : 'missing' }
  },
}

/** The files of every CLI, by its name. */
export const LOGIN_FILES: Readonly<Record<CliName, LoginFiles>> = { claude, codex }
