/**
 * `auth-profiles.json` of openclaw and its kin: profiles by id, each naming its provider. Judges values only.
 * Source: docs.openclaw.ai (concepts/oauth, 2026-07-02): `oauth` {provider, access, refresh, expires, email?, accountId?},
 *   `token` {provider, token} and `api_key` {provider, key}; newer versions may keep the secrets elsewhere (`…Ref`)
 */

import { asRecord } from './json-fields.ts'
import { cliNamed, type EntryReading, judgeEntryTokens, NOBODYS_LOGIN } from './token-entry.ts'
import type { TokenFileFormat } from './token-file.ts'

export const authProfilesFile: TokenFileFormat = {
  id: 'auth-profiles',
  fileName: 'auth-profiles.json',
  // Forks keep the name of the file and call their directory otherwise.
  tool: (path) => /[/\\]\.([a-z][a-z0-9-]{1,30})[/\\]agents[/\\]/.exec(path)?.[1] ?? 'openclaw',
  isForm: (root) => asRecord(root.profiles) !== null,
  entries: (root) => asRecord(root.profiles),
  judge(name, entry): EntryReading {
    const cli = cliNamed(entry.provider ?? name)
    if (cli === null) return NOBODYS_LOGIN
    switch (entry.type) {
      case 'oauth': {
        const { access, refresh, expires, email, accountId, clientId, idToken: id } = entry
        return judgeEntryTokens({ access, refresh, id, expires, email, accountId, clientId }, cli)
      }
      case 'token':
      case 'api_key':
        return { cli, judgement: { state: 'api_key' } }
      default:
        return { cli, judgement: { state: 'unusable' } }
    }
  },
}
