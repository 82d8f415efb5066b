/** A new encryption key, asked for by the command line. */

import { z } from 'zod'
import { rotateKey } from '../../../accounts/rotate-key.ts'
import { DAY_MS } from '../../../lib/clock.ts'
import { rfc3339 } from './instants.ts'
import { apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

/** Ten years; whoever wants longer keeps it for good. */
const MOST_DAYS = 3650
const DAYS = 30

export const keyRotationRoutes = [
  apiRoute({
    method: 'post',
    path: '/api/key-rotations',
    summary: 'Makes a new encryption key and seals everything anew with it',
    isTokenOnly: true,
    body: z.strictObject({
      /** Null: the old key is kept until somebody destroys it. */
      keep_old_key_days: z.int().min(0).max(MOST_DAYS).nullable().default(DAYS),
      others_are_stopped: z.boolean().default(false),
    }),
    answer: { status: 201, description: 'What came of it', schema: schemas.keyRotation },
    async handle({ context, actor, body }) {
      const { keep_old_key_days: days, others_are_stopped: othersAreStopped } = body
      const keepMs = days === null ? null : days * DAY_MS
      const { oldKeyKeptUntil, isResumed, ...rotation } = await rotateKey(context, { keepMs, othersAreStopped, actor })
      return { ...rotation, is_resumed: isResumed, old_key_kept_until: oldKeyKeptUntil && rfc3339(oldKeyKeptUntil) }
    },
  }),
]
