/** Who holds copies of a login, for programs, and settling who owns it. */

import { type CustodyMap, custodyMap, type MappedCopy } from '../../../accounts/custody-map.ts'
import { settleCustody } from '../../../switching/settle-custody.ts'
import { accountJson } from './account-json.ts'
import * as custody from './custody-schemas.ts'
import { rfc3339 } from './instants.ts'
import { accountId, apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const custodyRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/copies',
    summary: 'Who holds copies of an account’s login, which generation each has, and who may refresh',
    answer: { status: 200, description: 'The custody and conflict map', schema: custody.custodyMap },
    handle: async (call) => mapJson(await custodyMap(call.context, await accountId(call))),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/custody',
    summary: 'Settle who owns a login: the CLI in one file, or the dashboard',
    body: custody.custodyChoice,
    answer: { status: 200, description: 'The account', schema: schemas.account },
    async handle(call) {
      const { context, body, actor } = call
      return accountJson(await settleCustody(context, await accountId(call), { ...body, actor }), call)
    },
  }),
]

function mapJson({ custody, own, copies, gone, setAside, isConflict }: CustodyMap) {
  return {
    custody: custody as 'dashboard' | 'cli' | 'none',
    conflict: isConflict,
    own: { generation: own.generation, may_refresh: own.mayRefresh },
    copies: copies.map(copyJson),
    gone: gone.map(copyJson),
    set_aside: setAside.map(({ id, generation, reason, receivedAt }) => ({
      id,
      generation,
      reason,
      received_at: rfc3339(receivedAt),
    })),
  }
}

function copyJson(copy: MappedCopy) {
  const { kind, place, machine, holds, generation, mayRefresh, isFollowed, isRival, seenAt, goneAt } = copy
  return {
    ...{ kind, place, holds, generation },
    machine: machine && {
      id: machine.id,
      name: machine.name,
      is_this: machine.isThis,
      last_seen_at: rfc3339(machine.lastSeenAt),
      is_away: machine.isAway,
      retired_at: rfc3339(machine.retiredAt),
    },
    may_refresh: mayRefresh,
    followed: isFollowed,
    conflicts: isRival,
    seen_at: rfc3339(seenAt),
    gone_at: rfc3339(goneAt),
  }
}
