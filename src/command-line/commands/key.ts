/** `tokendeck key`: a recovery kit of the encryption key, its way back, a rotation, and a new key when the old one is lost. */

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from '../../config.ts'
import type { Random } from '../../lib/random.ts'
import type { LocalKeys } from '../../local-keys.ts'
import { alone } from '../alone.ts'
import type { Command, CommandIo } from '../command.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'
import { askPassphrase, firstLine, newPassphrase } from '../passphrase.ts'
import { rotate } from './key-rotation.ts'

const RESET_FLAG = 'i-know-tokens-are-lost'

export const command: Command = {
  usage: ['export [--json]', 'import [FILE] [--json]', 'rotate [--json]', `reset --${RESET_FLAG} [--json]`],
  about:
    'Prints a recovery kit: the encryption key, which only your passphrase opens. `import` puts the key of a kit back where this database had it. `reset` makes a new key when the old one is lost: every login then has to be signed in to again. The passphrase is asked for on the terminal, or is the first line of standard input; for `import` without FILE the kit follows it there. None of this works while the dashboard runs. `rotate` does, and without it too: it makes a new key and seals everything anew; nobody has to sign in again.',
  options: {
    [RESET_FLAG]: { type: 'boolean', about: 'for reset: give up every login that is kept here' },
    'keep-days': {
      type: 'string',
      about: 'for rotate: destroy the old key at the first start after so many days (30)',
    },
    'keep-old-key': { type: 'boolean', about: 'for rotate: keep the old key, for old backups' },
    'others-stopped': { type: 'boolean', about: 'for rotate: nobody else is using the shared database' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, config, random, directory, openDeck }) {
    const [act, file, ...rest] = positionals
    const isReset = act === 'reset'
    const isUsage = rest.length > 0 || (file !== undefined && act !== 'import') || (options[RESET_FLAG] && !isReset)
    const isRotation = act === 'rotate'
    const hasRotationOption = 'keep-days' in options || 'keep-old-key' in options || 'others-stopped' in options
    if (!act || !['export', 'import', 'rotate', 'reset'].includes(act) || isUsage || (hasRotationOption && !isRotation))
      throw usageFailure(
        `Say \`tokendeck key export\`, \`tokendeck key import FILE\`, \`tokendeck key rotate\` or \`tokendeck key reset --${RESET_FLAG}\`.`,
      )
    if (isRotation) return await rotate(openDeck, options, io)
    const keys = await openKeys({ config, random })
    try {
      const isJson = Boolean(options.json)
      if (act === 'export') return await exportKit(keys, io, isJson)
      if (act === 'import') return await importKit(keys, io, { file: file && resolve(directory(), file), isJson })
      return await reset(keys, io, { isAccepted: Boolean(options[RESET_FLAG]), isJson })
    } finally {
      await keys.close()
    }
  },
}

/** Errors: CommandFailure `busy` beside a dashboard: it works with the key that it opened at its start. */
function openKeys({ config, random }: { config: Config; random: Random }): Promise<LocalKeys> {
  return alone({ config, random }, 'the key cannot be worked on meanwhile', async () => {
    const { openLocalKeys } = await import('../../local-keys.ts')
    return await openLocalKeys(config)
  })
}

async function exportKit(keys: LocalKeys, io: CommandIo, isJson: boolean): Promise<number> {
  const { keyId, text } = await keys.exportKey(() =>
    newPassphrase(io, { what: 'the recovery kit', otherwise: 'No kit was made.' }),
  )
  io.out(isJson ? json({ key_id: keyId, kit: text }) : text)
  io.say(
    `This is the recovery kit of key ${keyId}. Keep it apart from this machine, and the passphrase apart from the kit. \`tokendeck key import FILE\` puts the key back.`,
  )
  return EXIT.done
}

async function importKit(
  keys: LocalKeys,
  io: CommandIo,
  { file, isJson }: { file: string | undefined; isJson: boolean },
): Promise<number> {
  if (file === undefined && io.isTerminal) throw usageFailure('Name the file of the kit: `tokendeck key import FILE`.')
  const input = io.isTerminal ? null : firstLine(await io.readInput())
  if (file === undefined && input?.passphrase.reveal().startsWith('Tokendeck '))
    throw usageFailure(
      'The first line of standard input is the passphrase; the kit follows it, or is a file that you name.',
    )
  const kit = file === undefined ? (input?.rest ?? '') : await readKit(file)
  const imported = await keys.importKey(
    kit,
    async () => input?.passphrase ?? askPassphrase(io, 'Passphrase of the recovery kit: '),
  )
  const { keyId, place, isNew, setAside } = imported
  const words = isNew
    ? `The key ${keyId} of this database is back (${place}).\n`
    : `The key ${keyId} of this database was in its place already (${place}). Nothing was changed.\n`
  io.out(isJson ? json({ key_id: keyId, place, is_new: isNew, set_aside: setAside }) : words)
  if (setAside !== null) io.say(`The key that lay there was set aside as ${setAside}.`)
  return EXIT.done
}

async function readKit(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Nothing was changed.`,
    )
  }
}

async function reset(
  keys: LocalKeys,
  io: CommandIo,
  { isAccepted, isJson }: { isAccepted: boolean; isJson: boolean },
): Promise<number> {
  if (!isAccepted) {
    const { keyId, logins, followedLogins } = await keys.forecastReset()
    throw usageFailure(
      `A reset gives up the key ${keyId ?? 'of this database'} and what it sealed: ${lossText(logins, followedLogins)} ` +
        'Accounts, labels and history stay; browsers have to sign in to the dashboard again. Nothing was changed. ' +
        `A recovery kit brings the key back without any loss: \`tokendeck key import FILE\`. To go on: \`tokendeck key reset --${RESET_FLAG}\`.`,
    )
  }
  const done = await keys.resetKey()
  const { newKeyId, place, logins, followedLogins, backup, setAside } = done
  const facts = { key_id: newKeyId, place, logins, followed_logins: followedLogins, backup, set_aside: setAside }
  const words = `The new key is ${newKeyId} (${place}). Given up: ${lossText(logins, followedLogins)}\n`
  io.out(isJson ? json(facts) : words)
  if (backup !== null) io.say(`The database as it was, for whoever finds the old key: ${backup}`)
  else io.say('The database is not a file of this machine, so no copy of it was made.')
  if (setAside !== null) io.say(`The key that lay there was set aside as ${setAside}.`)
  io.say('Start the dashboard and sign in to each account again. Make a new recovery kit with `tokendeck key export`.')
  return EXIT.done
}

function lossText(logins: number, followedLogins: number): string {
  const own = `${logins} ${logins === 1 ? 'login' : 'logins'} to sign in to again.`
  if (followedLogins === 0) return own
  const followed = followedLogins === 1 ? '1 login that a CLI keeps is' : `${followedLogins} logins that CLIs keep are`
  return `${own} ${followed} read from the file again.`
}
