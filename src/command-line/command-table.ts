/** Every command by its name. Each is loaded only when it is called, because some are run from shell prompts. */

import type { Command } from './command.ts'

/** Every command: what it does in a few words, and where it is. */
export const COMMANDS: Record<string, { summary: string; load: () => Promise<{ command: Command }> }> = {
  serve: { summary: 'run the dashboard', load: () => import('./commands/serve.ts') },
  link: { summary: 'print a one-time sign-in link', load: () => import('./commands/link.ts') },
  accounts: { summary: 'list the accounts', load: () => import('./commands/accounts.ts') },
  status: { summary: 'explain how accounts are', load: () => import('./commands/status.ts') },
  login: { summary: 'sign in to an account', load: () => import('./commands/login.ts') },
  import: { summary: 'link or take over a CLI’s login', load: () => import('./commands/import.ts') },
  add: { summary: 'add a token from standard input', load: () => import('./commands/add.ts') },
  refresh: { summary: 'refresh logins now', load: () => import('./commands/refresh.ts') },
  token: { summary: 'print a valid access token', load: () => import('./commands/token.ts') },
  activate: { summary: 'hand an account to its CLI', load: () => import('./commands/activate.ts') },
  undo: { summary: 'take the last switch back', load: () => import('./commands/undo.ts') },
  exec: { summary: 'run a CLI as one account', load: () => import('./commands/exec.ts') },
  use: { summary: 'choose the account of a folder', load: () => import('./commands/use.ts') },
  env: { summary: 'print an account’s environment for a shell', load: () => import('./commands/env.ts') },
  profiles: { summary: 'directories of their own for accounts', load: () => import('./commands/profiles.ts') },
  usage: { summary: 'show how full the limits are', load: () => import('./commands/usage.ts') },
  guard: { summary: 'succeed only when limits have room', load: () => import('./commands/guard.ts') },
  'sign-outs': { summary: 'sign-outs at providers under way', load: () => import('./commands/sign-outs.ts') },
  remove: { summary: 'forget an account', load: () => import('./commands/remove.ts') },
  key: { summary: 'save, restore, rotate or replace the encryption key', load: () => import('./commands/key.ts') },
  export: { summary: 'write everything into one encrypted file', load: () => import('./commands/export.ts') },
  restore: { summary: 'restore an export', load: () => import('./commands/restore.ts') },
  audit: { summary: 'check that the history is whole', load: () => import('./commands/audit.ts') },
  doctor: { summary: 'check this installation', load: () => import('./commands/doctor.ts') },
  completion: { summary: 'complete commands and accounts in a shell', load: () => import('./commands/completion.ts') },
}
