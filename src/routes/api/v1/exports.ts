/** An export of everything, for the command line: sealed by a passphrase, so that what leaves here opens for nobody else. */

import { z } from 'zod'
import { exportInstallation } from '../../../accounts/export-installation.ts'
import { LEAST_PASSPHRASE_CHARACTERS } from '../../../lib/passphrase-length.ts'
import { Secret } from '../../../lib/secret.ts'
import { Refusal } from '../../problem.ts'
import { apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const exportRoutes = [
  apiRoute({
    method: 'post',
    path: '/api/exports',
    summary:
      'Seals the whole database, config.toml and the encryption key into one export that only the passphrase opens',
    isTokenOnly: true,
    body: z.strictObject({
      passphrase: z.string().min(LEAST_PASSPHRASE_CHARACTERS).max(1_024),
      /** Where the export will lie; kept as the place of a copy of every login in it. */
      file: z.string().min(1).max(4_096),
    }),
    answer: { status: 201, description: 'The export', schema: schemas.installationExport },
    async handle({ context, actor, body, c }) {
      const { configFile } = c.get('deps').about
      const passphrase = new Secret(body.passphrase)
      const made = await exportInstallation(context, { configFile, passphrase, place: body.file, actor })
      if (made) return { key_id: made.keyId, export: made.bytes.toString('base64') }
      throw new Refusal({
        status: 409,
        code: 'export_not_here',
        title: 'The database is not a file of this machine.',
        detail: 'Save it where it is, and its key with `tokendeck key export`.',
      })
    },
  }),
]
