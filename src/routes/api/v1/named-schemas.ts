/** Schemas that have a name of their own in the description of the API, and the one for instants. */

import { z } from 'zod'

/** Names by schema. */
export const namedSchemas = z.registry<{ id: string }>()

/** Gives a schema its name in the description. */
export function named<T extends z.ZodType>(id: string, schema: T): T {
  namedSchemas.add(schema, { id })
  return schema
}

export const instant = z.iso.datetime({ offset: true })
