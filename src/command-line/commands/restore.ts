/** `tokendeck restore`: puts an export in the place of what is here, after all of it was checked. */

import { resolve } from 'node:path'
import type { RestoreChoice, Restored } from '../../local-restore.ts'
import { alone } from '../alone.ts'
import type { CommandArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'
import { askPassphrase, firstLine } from '../passphrase.ts'

export const command: Command = {
  usage: ['FILE [--json]', 'FILE --move', 'FILE --sign-in-again', 'FILE --source-is-gone'],
  about:
    'Restores what `tokendeck export` wrote. All of it is checked before anything is changed, and what is here now is copied away first. On the machine that made it, logins that may have been used since are tried with care. On another machine you say who goes on with the logins: they can only live in one place. The passphrase is asked for on the terminal, or is the first line of standard input. Does not work while the dashboard runs.',
  options: {
    move: { type: 'boolean', about: 'take the logins over from the machine that made the export with --move' },
    'sign-in-again': { type: 'boolean', about: 'restore accounts and history without their logins' },
    'source-is-gone': {
      type: 'boolean',
      about: 'take the logins over although the export was made without --move: that Tokendeck never runs again',
    },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, config, random, directory }) {
    const [name, ...rest] = positionals
    if (name === undefined || rest.length > 0) throw usageFailure('Name one file: `tokendeck restore FILE`.')
    const choice = choiceOf(options)
    const { restoreFrom } = await import('../../local-restore.ts')
    const done = await alone({ config, random }, 'it uses what would be replaced', () =>
      restoreFrom(config, {
        file: resolve(directory(), name),
        choice,
        passphrase: async () =>
          io.isTerminal
            ? await askPassphrase(io, 'Passphrase of the export: ')
            : firstLine(await io.readInput()).passphrase,
      }),
    )
    io.out(options.json ? json(doneJson(done)) : doneText(done))
    if (done.backup !== null) io.say(`The database that was here: ${done.backup}`)
    for (const place of done.setAside) io.say(`What lay in its place was set aside as ${place}.`)
    io.say(LOGINS[done.logins])
    if (done.suspects > 0)
      io.say(
        `${done.suspects} of them may have been refreshed since the export was made. They are tried one by one, with care.`,
      )
    return EXIT.done
  },
}

function doneText({ facts, keyPlace }: Restored): string {
  const made = new Date(facts.madeAt).toISOString().slice(0, 16).replace('T', ' ')
  return `Restored the export of ${facts.machine.name} from ${made} UTC. The key is ${facts.keyId} (${keyPlace}).\n`
}

function doneJson({ facts, keyPlace, logins, suspects, backup, setAside }: Restored) {
  const source = { machine: facts.machine.name, made_at: new Date(facts.madeAt).toISOString(), key_id: facts.keyId }
  return { ...source, key_place: keyPlace, logins, suspects, backup, set_aside: setAside }
}

const LOGINS = {
  same: 'The logins are here again.',
  moved: 'The logins are used here from now on. Those that a CLI of the other machine keeps stay there.',
  none: 'Sign in to each account again: the logins were left where they are.',
}

function choiceOf(options: CommandArguments['options']): RestoreChoice {
  const said = (['move', 'sign-in-again', 'source-is-gone'] as const).filter((name) => options[name])
  if (said.length > 1) throw usageFailure('Say one of --move, --sign-in-again and --source-is-gone.')
  return said.length === 0 ? null : (said[0]!.replaceAll('-', '_') as RestoreChoice)
}
