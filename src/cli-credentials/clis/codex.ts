/** Codex. Source: codex 0.169.0, observed. */

import { join } from 'node:path'
import type { Cli } from './cli.ts'

export const codex: Cli = {
  name: 'codex',
  homeDirectory: '.codex',
  credentialFile: 'auth.json',
  companionFile: null,
  ownKeys: ['tokens', 'auth_mode', 'OPENAI_API_KEY'],
  // `auth.json` is a common name: a directory counts as codex's own only when it is called so.
  mayOwn: (directoryName) => /codex/i.test(directoryName),
  directoryVariables: ['CODEX_HOME'],
  outrankingVariables: ['CODEX_API_KEY', 'CODEX_ACCESS_TOKEN', 'OPENAI_API_KEY'],
  tokenVariable: 'CODEX_ACCESS_TOKEN',
  // `codex login` first revokes the login that its directory holds, so the directory has to be an empty one.
  signIn: { args: ['login', '--device-auth'], takesCode: false },
  symlinks: 'follow',
  holdsLocksWhileRenewing: false,
  locks: (_, directory) => ({
    kind: 'files',
    paths: [join(directory, 'auth.lock'), join(directory, 'auth.json.lock')],
  }),
  keyringItem(_, realDirectory) {
    const digits = new Bun.CryptoHasher('sha256').update(realDirectory).digest('hex').slice(0, 16)
    return { store: 'keyring', service: 'Codex Auth', account: `cli|${digits}` }
  },
  keyringOpensOn: null,
  namesInTools: /^(openai|openai-codex|codex|codex-cli|chatgpt)$/,
}
