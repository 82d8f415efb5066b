/**
 * The shape of an API route: what it takes and gives as schemas, and one call of the domain. The same schemas check
 * requests and describe the API.
 */

import type { Context } from 'hono'
import type { z } from 'zod'
import type { AccountsContext, Actor } from '../../../accounts/context.ts'
import { findAccountId } from '../../../accounts/find-account.ts'
import { isId } from '../../../lib/random.ts'
import type { Language } from '../../../messages/languages.ts'
import type { ApiEnvironment } from './environment.ts'

/** What a route's handler is given. */
export interface ApiCall<Body, Query> {
  context: AccountsContext
  actor: Actor
  language: Language
  /** Epoch milliseconds. */
  now: number
  /** A segment of the path. */
  param(name: string): string
  body: Body
  query: Query
  c: Context<ApiEnvironment>
}

export interface ApiRoute<Body = unknown, Query = unknown> {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** In Hono's form, such as `/api/accounts/:id`. */
  path: string
  summary: string
  /** True for routes that hand out a secret: a browser's session does not do. */
  isTokenOnly?: boolean
  body?: z.ZodType<Body>
  query?: z.ZodType<Query>
  answer: { status: 200 | 201; description: string; schema: z.ZodType; isList?: boolean }
  handle(call: ApiCall<Body, Query>): Promise<unknown>
}

/** Ties the types of a route together. */
export function apiRoute<Body = Record<string, never>, Query = Record<string, never>>(
  route: ApiRoute<Body, Query>,
): ApiRoute<Body, Query> {
  return route
}

/** The id of the account that the path names: by its id, or by a label or e-mail that only it has. */
export async function accountId({
  context,
  param,
}: Pick<ApiCall<unknown, unknown>, 'context' | 'param'>): Promise<string> {
  const reference = param('id')
  return isId(reference, 'acc') ? reference : findAccountId(context, reference)
}
