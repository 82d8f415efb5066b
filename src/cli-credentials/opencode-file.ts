/**
 * opencode's `auth.json`: a map of provider → one credential. Judges values only.
 * Source: opencode 1.18.33, observed: each entry is checked by itself; one of a wrong type is not listed.
 */

import { asRecord, asText } from './json-fields.ts'
import { cliNamed, type EntryReading, judgeEntryTokens, NOBODYS_LOGIN } from './token-entry.ts'
import type { TokenFileFormat } from './token-file.ts'

const TYPES = ['oauth', 'api', 'wellknown']

export const opencodeFile: TokenFileFormat = {
  id: 'opencode',
  fileName: 'auth.json',
  tool: () => 'opencode',
  isForm: (root) => Object.values(root).some((value) => TYPES.includes(asText(asRecord(value)?.type) ?? '')),
  entries: (root) => root,
  judge(name, entry): EntryReading {
    const cli = cliNamed(name)
    if (cli === null) return NOBODYS_LOGIN
    switch (entry.type) {
      case 'oauth': {
        const { access, refresh, expires, accountId } = entry
        // The tool passes over an entry without these: nobody uses it.
        const isWhole = typeof expires === 'number' && typeof refresh === 'string'
        if (!isWhole) return { cli, judgement: { state: 'unusable' } }
        return judgeEntryTokens({ access, refresh, expires, accountId }, cli)
      }
      case 'api':
      case 'wellknown':
        return { cli, judgement: { state: 'api_key' } }
      default:
        return { cli, judgement: { state: 'unusable' } }
    }
  },
}
