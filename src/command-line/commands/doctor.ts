/** `tokendeck doctor`: looks at this installation and says what is wrong and what to do. Changes nothing. */

import { existsSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Config } from '../../config.ts'
import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import type { ApiAccount, Deck } from '../deck.ts'
import { EXIT } from '../exit-codes.ts'
import { json } from '../output.ts'

interface Finding {
  check: string
  state: 'ok' | 'note' | 'problem'
  words: string
}

export const command: Command = {
  usage: ['[--json]'],
  about:
    'Checks home, files, key, database, callback ports and accounts, and says what to do about what it finds. Changes nothing.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: given, io, config, openDeck }) {
    refuseSurplus(given, 0)
    const { options } = given
    const findings = [
      ...files(config),
      ...keyPlace(config),
      ...(await ports(config)),
      ...(await deckFindings(openDeck)),
    ]
    if (options.json) io.out(json({ findings }))
    else for (const { check, state, words } of findings) io.out(`${SIGN[state]} ${check}: ${words}\n`)
    return findings.some(({ state }) => state === 'problem') ? EXIT.failed : EXIT.done
  },
}

const SIGN = { ok: '✓', note: '·', problem: '✗' }

/** Files that only their owner may read. */
function files(config: Config): Finding[] {
  if (!existsSync(config.home))
    return [{ check: 'home', state: 'note', words: `${config.home} does not exist yet; the first start makes it.` }]
  return [config.home, join(config.home, 'api-token'), join(config.home, 'tokendeck.db'), config.keyFile]
    .filter((path) => existsSync(path))
    .map((path): Finding => {
      const { mode } = statSync(path)
      const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
      const words = isOpen
        ? `others may read it (mode ${(mode & 0o777).toString(8)}). Run: chmod go= '${path}'`
        : 'only you may read it'
      return { check: path, state: isOpen ? 'problem' : 'ok', words }
    })
}

/** A copy of the home should be worth nothing without the key. */
function keyPlace(config: Config): Finding[] {
  const isInside = config.keyFile.startsWith(`${config.home}${sep}`) && existsSync(config.keyFile)
  if (!isInside) return []
  const words = `${config.keyFile} lies in the home: a backup or a synced copy of it holds the tokens and their key`
  return [{ check: 'key file', state: 'problem', words }]
}

/** Whether a browser sign-in could get its callback ports now. */
async function ports(config: Config): Promise<Finding[]> {
  return config.callbackPorts.map((port): Finding => {
    try {
      for (const hostname of ['127.0.0.1', '::1']) {
        const listener = Bun.listen({ hostname, port, socket: { data() {} } })
        listener.stop(true)
      }
      return { check: `callback port ${port}`, state: 'ok', words: 'free' }
    } catch {
      const words = 'in use. Signing in with the browser tries the next port, then offers a device code or pasting.'
      return { check: `callback port ${port}`, state: 'note', words }
    }
  })
}

/** Whether the database and its key open, and how the accounts are. */
async function deckFindings(openDeck: () => Promise<Deck>): Promise<Finding[]> {
  let deck: Deck | null = null
  try {
    deck = await openDeck()
    const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
    const running = deck.isServed
      ? `a dashboard is running at ${deck.address} and has proved itself`
      : 'no dashboard is running'
    return [
      { check: 'server', state: 'ok', words: running },
      { check: 'database and key', state: 'ok', words: `open; ${accounts.length} accounts` },
      ...accounts.flatMap(accountFindings),
    ]
  } catch (error) {
    return [{ check: 'database and key', state: 'problem', words: (error as Error).message }]
  } finally {
    await deck?.close()
  }
}

/** What an account needs a person for now, and what it will within a week. */
function accountFindings({ label, email, id, login, ownership }: ApiAccount): Finding[] {
  const check = label ?? email ?? id
  return [
    ...(login.status === 'sign_in_again' ? [{ check, state: 'problem' as const, words: login.reason }] : []),
    ...(login.status === 'ends_soon' ? [{ check, state: 'note' as const, words: login.reason }] : []),
    ...(ownership.status === 'conflict' ? [{ check, state: 'problem' as const, words: ownership.reason }] : []),
  ]
}
