/** `tokendeck export`: everything in one encrypted file. */

import { resolve } from 'node:path'
import type { Secret } from '../../lib/secret.ts'
import { quietFetch } from '../../process-hygiene.ts'
import { alone } from '../alone.ts'
import type { Command } from '../command.ts'
import type { Deck } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { findServer } from '../find-server.ts'
import { json } from '../output.ts'
import { newPassphrase } from '../passphrase.ts'

export const command: Command = {
  usage: ['FILE [--json]', 'FILE --move [--json]'],
  about:
    'Writes accounts, logins, history, settings, config.toml and the encryption key into one new file, which only your passphrase opens. The passphrase is asked for on the terminal, or is the first line of standard input. `tokendeck restore FILE` reads it. The files of CLIs and their profiles are not in it. Works beside a running dashboard, which makes the export then; but `--move` gives up logins that the dashboard uses, so it has to be stopped for that.',
  options: {
    move: {
      type: 'boolean',
      about: 'to go on with these logins on another machine: they are given up here, so that only one machine has them',
    },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, config, random, directory, openDeck }) {
    const [name, ...rest] = positionals
    if (name === undefined || rest.length > 0) throw usageFailure('Name one file: `tokendeck export FILE`.')
    const file = resolve(directory(), name)
    const isMove = Boolean(options.move)
    const passphrase = () => newPassphrase(io, { what: 'the export', otherwise: 'No export was made.' })
    const { exportTo, writeExport } = await import('../../local-export.ts')
    const isServed = !isMove && (await findServer(config.home, quietFetch, random)) !== null
    const done = isServed
      ? await writeExport(config, file, async () => askServer(openDeck, file, await passphrase()))
      : await alone({ config, random }, isMove ? 'it uses the logins that are given up' : 'it may be writing', () =>
          exportTo(config, { file, isMove, passphrase }),
        )
    const { bytes, keyId, moved } = done
    io.out(options.json ? json({ file, bytes, key_id: keyId, moved }) : `${file}\n`)
    io.say(`Everything is in it (${Math.ceil(bytes / 1024)} KiB), also the encryption key ${keyId}.`)
    if (moved === null) {
      io.say(
        'The logins go on here. On another machine it restores accounts and history; for the logins, add `--move`.',
      )
    } else {
      const logins = moved === 1 ? '1 login was' : `${moved} logins were`
      io.say(
        `${logins} given up here. On the other machine: \`tokendeck restore FILE --move\`. Keep the file until then.`,
      )
    }
    return EXIT.done
  },
}

/** The running dashboard has the database, and the key in use; what it gives is sealed already. Errors: CommandFailure */
async function askServer(
  openDeck: () => Promise<Deck>,
  file: string,
  passphrase: Secret,
): Promise<{ keyId: string; bytes: Buffer }> {
  const deck = await openDeck()
  try {
    const body = { passphrase: passphrase.reveal(), file }
    const made = await deck.call<{ key_id: string; export: string }>('POST', '/api/exports', body)
    return { keyId: made.key_id, bytes: Buffer.from(made.export, 'base64') }
  } finally {
    await deck.close()
  }
}
