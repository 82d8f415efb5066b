/** Runs another program in this one's place: same terminal, same signals, same end. */

import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** Signals that reach only us and are passed on. Ctrl-C and Ctrl-\ reach the program by itself, from its terminal. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

/**
 * Runs it to its end.
 *
 * Shape:  → its exit code; 128 + the signal's number when a signal ended it, as a shell says it
 * Errors: CommandFailure 127 when there is no such program, 126 when it cannot be started
 */
export async function runInPlace(command: readonly string[], environment: Record<string, string>): Promise<number> {
  const [name] = command
  const path = name && Bun.which(name, { PATH: environment.PATH ?? '' })
  if (!path) throw new CommandFailure(127, `There is no program “${name}” in PATH.`)
  // Heard before there is a program: one that is told to end at once must be told so too.
  const signals = hearSignals()
  try {
    const child = start(path, command.slice(1), environment)
    signals.passTo((signal) => child.kill(signal))
    await child.exited
    const { signalCode, exitCode } = child
    const number = signalCode === null ? undefined : constants.signals[signalCode as NodeJS.Signals]
    return number === undefined ? (exitCode ?? EXIT.failed) : 128 + number
  } finally {
    signals.stop()
  }
}

function start(path: string, args: readonly string[], env: Record<string, string>): Bun.Subprocess {
  try {
    return Bun.spawn([path, ...args], { env, stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' })
  } catch {
    throw new CommandFailure(126, `${path} cannot be started.`)
  }
}

/** Hears signals instead of ending by them, and passes them on as soon as there is somebody to pass them to. */
function hearSignals() {
  const fromTerminal = new Set<NodeJS.Signals>()
  const kept: NodeJS.Signals[] = []
  let pass = (signal: NodeJS.Signals): void => void kept.push(signal)
  const handlers = [...PASSED_ON, ...FROM_TERMINAL].map((signal) => {
    const handler = () => {
      if (!fromTerminal.has(signal)) pass(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  if (isatty(0)) for (const signal of FROM_TERMINAL) fromTerminal.add(signal)
  return {
    passTo(to: (signal: NodeJS.Signals) => void) {
      pass = to
      for (const signal of kept.splice(0)) to(signal)
    },
    stop() {
      for (const remove of handlers) remove()
    },
  }
}
