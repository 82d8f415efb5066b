/**
 * The network between a simulated process and the provider: requests and answers take their time, get lost, arrive torn, or
 * meet a server that has other worries. A connection dies with its process, or when its client stops waiting.
 */

import { SECOND_MS } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { OAuthTransportError } from '../../oauth/errors.ts'
import { claude } from '../../oauth/providers/claude.ts'
import type { Reach } from '../../oauth/reach.ts'
import type { ProviderAnswer } from '../../oauth/token-answer.ts'
import type { OutgoingRequest, Transport } from '../../oauth/transport.ts'
import type { ProviderRequest } from './model-provider.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { SimulatedEvent } from './world.ts'

type Fault = 'none' | 'unreachable' | 'lostRequest' | 'lostAnswer' | 'tornAnswer' | 'serverError' | 'rateLimit'
const FAULTS = ['unreachable', 'lostRequest', 'lostAnswer', 'tornAnswer', 'serverError', 'rateLimit'] as const

/** A request on its way: what is to become of it when its process dies. */
export interface Connection {
  process: SimulatedProcess
  arrival: SimulatedEvent | null
  request: ProviderRequest | null
}

export function simulatedTransport(process: SimulatedProcess): Transport {
  return {
    send(outgoing) {
      const isToken = outgoing.url === claude.tokenUrl
      if (!isToken && outgoing.url !== claude.profileUrl) {
        return Promise.reject(new OAuthTransportError('refused_host', false, 'not simulated'))
      }
      return new Promise((resolve, reject) => exchange(process, outgoing, isToken, { resolve, reject }))
    },
  }
}

/** A look takes its time, and is as often wrong as right: nothing may depend on it but when something is tried. */
export function simulatedReach(process: SimulatedProcess): Reach {
  const { dice } = process.simulation.world
  return {
    isThere: () =>
      new Promise((resolve) =>
        process.after(dice.between(0, SECOND_MS), 'a look ends', () => resolve(dice.chance(0.5))),
      ),
  }
}

interface Settle {
  resolve(answer: ProviderAnswer): void
  reject(error: OAuthTransportError): void
}

function exchange(process: SimulatedProcess, outgoing: OutgoingRequest, isToken: boolean, settle: Settle): void {
  const { simulation } = process
  const { world } = simulation
  const connection: Connection = { process, arrival: null, request: null }
  const what = isToken ? 'token request' : 'profile request'
  // The attempt under whose lease it is sent, as the records say.
  const sender = isToken ? simulation.rules.senderOf(process, tokenOf(outgoing)) : null
  const fault = drawFault(process)
  let outcome: SimulatedEvent | null = null
  const finish = (ms: number, label: string, act: () => void) => {
    outcome = process.after(ms, label, () => {
      simulation.connections.delete(connection)
      world.cancel(deadline)
      act()
    })
  }
  const fail = (ms: number, code: 'unreachable' | 'interrupted', maybeSent: boolean) =>
    finish(ms, `${what} fails: ${fault}`, () => settle.reject(new OAuthTransportError(code, maybeSent, fault)))
  const deadline = process.after(outgoing.deadlineMs, `${what} times out`, () => {
    if (outcome) world.cancel(outcome)
    if (connection.arrival) world.cancel(connection.arrival)
    if (connection.request) connection.request.excuse ??= 'timed out'
    simulation.connections.delete(connection)
    settle.reject(new OAuthTransportError('timed_out', true, 'timed out'))
  })
  if (fault === 'unreachable' || fault === 'lostRequest') {
    const isSent = fault === 'lostRequest'
    fail(latency(process), isSent ? 'interrupted' : 'unreachable', isSent)
    return
  }
  simulation.connections.add(connection)
  connection.arrival = world.after(latency(process), null, `${process.name}: ${what} arrives`, () => {
    connection.arrival = null
    if (fault === 'serverError') return finish(latency(process), '503', () => settle.resolve(answerOf(503, {})))
    if (fault === 'rateLimit') return finish(latency(process), '429', () => settle.resolve(answerOf(429, {}, 9_000)))
    if (!isToken) return finish(latency(process), 'profile', () => settle.resolve(profileAnswer(process, outgoing)))
    const request = simulation.provider.refresh(tokenOf(outgoing), { by: 'us', ...sender! })
    connection.request = request
    simulation.rules.requestArrived(request, process)
    world.note(`  the provider says ${request.result}`)
    if (fault === 'lostAnswer') {
      request.excuse ??= 'its answer was lost'
      return fail(latency(process), 'interrupted', true)
    }
    const answer = tokenAnswer(request, fault === 'tornAnswer')
    if (fault === 'tornAnswer') request.excuse ??= 'its answer was torn'
    finish(latency(process), `token answer: ${request.result}`, () => {
      if (request.child && !request.excuse) simulation.rules.answerHeld(request, process)
      settle.resolve(answer)
    })
  })
}

/** The process is gone: its request may still reach the provider, at once; its answer reaches nobody. */
export function cutConnections(process: SimulatedProcess): void {
  const { connections, world } = process.simulation
  for (const connection of [...connections]) {
    if (connection.process !== process) continue
    connections.delete(connection)
    if (connection.request) connection.request.excuse ??= 'its process died'
    if (!connection.arrival) continue
    world.cancel(connection.arrival)
    if (!world.dice.chance(0.5)) continue
    world.note(`  its request still arrives`, process)
    connection.arrival.happen()
    const { request } = connection as { request: ProviderRequest | null }
    if (request) request.excuse ??= 'its process died'
    world.forget(process)
  }
}

function drawFault({ simulation: { world, weather } }: SimulatedProcess): Fault {
  for (const fault of FAULTS) if (world.dice.chance(weather[fault])) return fault
  return 'none'
}

function latency({ simulation: { world, weather } }: SimulatedProcess): number {
  const { dice } = world
  if (dice.chance(weather.slowNetwork)) return dice.between(2, 40) * SECOND_MS
  return dice.between(5, 400)
}

function tokenOf({ body }: OutgoingRequest): string {
  return (body!.fields.refresh_token as Secret).reveal()
}

function tokenAnswer({ child, result, at }: ProviderRequest, isTorn: boolean): ProviderAnswer {
  if (!child) return answerOf(400, { error: 'invalid_grant', error_description: `FAKE ${result}` })
  const { accessToken, refreshToken, expiresAt } = child
  const expires_in = Math.round((expiresAt - at) / SECOND_MS)
  const whole = answerOf(200, { access_token: accessToken, refresh_token: refreshToken, expires_in })
  return isTorn ? { ...whole, body: new Secret(whole.body.reveal().slice(0, 40)) } : whole
}

function profileAnswer({ simulation }: SimulatedProcess, { headers }: OutgoingRequest): ProviderAnswer {
  const bearer = headers.authorization
  const login = simulation.provider.holderOf(bearer instanceof Secret ? bearer.reveal().slice('Bearer '.length) : '')
  if (!login) return answerOf(401, { error: { type: 'authentication_error' } })
  return answerOf(200, { account: { uuid: login.subject }, organization: { uuid: login.organizationId } })
}

function answerOf(status: number, body: unknown, retryAfterMs: number | null = null): ProviderAnswer {
  const text = new Secret(JSON.stringify(body))
  return { status, mediaType: 'application/json', retryAfterMs, serverTime: null, body: text }
}
