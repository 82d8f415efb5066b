/** `tokendeck activate`: hands an account to its CLI, or empties the CLI's place, and says what will change before it does. */

import { askYes } from '../ask-yes.ts'
import type { Command } from '../command.ts'
import { type Deck, findAccount } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiPlan {
  cli: string
  directory: string
  incoming: { account_id: string; name: string; refreshed_first: boolean } | null
  outgoing: { name: string; fate: 'returns' | 'welcomed' | 'backup_only' } | null
  files: { path: string; is_new: boolean; is_removed: boolean; changes: { key: string; act: string }[] }[]
  warnings: { text: string }[]
  refusal: { code: string; title: string; detail: string } | null
}

interface ApiActivation {
  verified_as: string
  verified_by: 'cli' | 'file'
  backup_id: string
}

const FATE = {
  returns: 'comes back to Tokendeck',
  welcomed: 'is not in Tokendeck yet: it becomes an account',
  backup_only: 'is kept in the backup alone',
}

const SIGN: Record<string, string> = { add: '+', change: '~', remove: '-' }

export const command: Command = {
  usage: [
    'ACCOUNT [--directory DIRECTORY] [--dry-run] [--yes] [--json]',
    'none [--provider P] [--dry-run] [--yes] [--json]',
  ],
  about:
    'Hands an account to its CLI: what is there is backed up for 30 days, its newest tokens come home, and the CLI is asked who it is. “none” empties the place; nothing is revoked. Where both CLIs are signed in, `none` needs --provider. `tokendeck undo` takes it back.',
  options: {
    provider: { type: 'string', about: 'with none: whose CLI, claude or codex' },
    directory: { type: 'string', about: 'another directory of the CLI, such as a profile' },
    'dry-run': { type: 'boolean', about: 'only say what would change' },
    yes: { type: 'boolean', short: 'y', about: 'do not ask; without a terminal nobody is asked anyway' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length !== 1) throw usageFailure('Name one account, or none: `tokendeck activate ACCOUNT`.')
    const isNone = positionals[0] === 'none'
    if (!isNone && options.provider) throw usageFailure('--provider belongs to `tokendeck activate none`.')
    const directory = typeof options.directory === 'string' ? options.directory : null
    const deck = await openDeck()
    try {
      const path = isNone ? await placePath(deck, options.provider) : await accountPath(deck, positionals[0]!)
      const query = directory === null ? '' : `?directory=${encodeURIComponent(directory)}`
      const plan = await deck.call<ApiPlan>('GET', `${path}${query}`)
      if (options['dry-run']) {
        io.out(options.json ? json(plan) : planText(plan))
        return plan.refusal && !isActiveAlready(plan) ? EXIT.failed : EXIT.done
      }
      if (isActiveAlready(plan)) {
        io.out(options.json ? json(alreadyActive(plan)) : `${plan.refusal!.title}. ${plan.refusal!.detail}\n`)
        return EXIT.done
      }
      if (!options.yes && !plan.refusal) {
        io.say(planText(plan).trimEnd())
        await askYes(io, isNone ? 'Take the login out?' : 'Activate?', 'Nothing was changed.')
      }
      if (isNone) {
        const cleared = await deck.call<{ backup_id: string | null }>('DELETE', `${path}${query}`)
        io.out(
          options.json
            ? json(cleared)
            : `${plan.cli} has no login in ${plan.directory} now. \`tokendeck undo\` puts it back.\n`,
        )
      } else {
        const done = await deck.call<ApiActivation>('POST', path, directory === null ? {} : { directory })
        io.out(options.json ? json(done) : doneText(plan, done))
      }
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

async function accountPath(deck: Deck, reference: string): Promise<string> {
  return `/api/accounts/${(await findAccount(deck, reference)).id}/activation`
}

/** Without a provider, the one CLI that holds a login. */
async function placePath(deck: Deck, provider: unknown): Promise<string> {
  if (typeof provider === 'string') return `/api/running/${encodeURIComponent(provider)}`
  const places = await deck.call<{ provider: string; holder: unknown; kind: string }[]>('GET', '/api/running')
  const held = [
    ...new Set(places.filter(({ holder, kind }) => holder && kind !== 'profile').map((place) => place.provider)),
  ]
  if (held.length === 1) return `/api/running/${held[0]}`
  throw usageFailure(held.length === 0 ? 'No CLI has a login here.' : `Say which: --provider ${held.join(' or ')}.`)
}

function isActiveAlready({ refusal }: ApiPlan): boolean {
  return refusal?.code === 'activation_current'
}

/** As an activation is told, with what did not happen left empty. */
function alreadyActive({ incoming }: ApiPlan) {
  const nothing = { activation_id: null, verified_as: null, verified_by: null, backup_id: null }
  return { ...nothing, account_id: incoming?.account_id ?? null, already_active: true }
}

function planText({ cli, directory, incoming, outgoing, files, warnings, refusal }: ApiPlan): string {
  const lines = [
    `${cli} in ${directory}`,
    `  now    ${outgoing ? `${outgoing.name} (${FATE[outgoing.fate]})` : 'no login'}`,
    `  after  ${incoming ? incoming.name : 'no login'}${incoming?.refreshed_first ? ' (refreshed first)' : ''}`,
    ...files.flatMap((file) => [
      `  ${file.path}${file.is_new ? ' (new)' : file.is_removed ? ' (removed)' : ''}`,
      ...file.changes.map(({ key, act }) => `    ${SIGN[act] ?? ' '} ${key}`),
    ]),
    ...warnings.map(({ text }) => `! ${text}`),
    ...(refusal ? [`Refused: ${refusal.title}. ${refusal.detail}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function doneText({ cli, warnings }: ApiPlan, { verified_as: name, verified_by: by }: ApiActivation): string {
  const how = by === 'cli' ? `${cli} said so itself` : 'read back from its file'
  const notes = warnings.map(({ text }) => `! ${text}\n`).join('')
  return `Verified as ${name} (${how}). \`tokendeck undo\` takes it back for 30 days.\n${notes}`
}
