/** Runs another program in this one's place: same terminal, same signals, same end. */

import { constants } from 'node:os'
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
  let child: Bun.Subprocess<'inherit', 'inherit', 'inherit'>
  try {
    child = Bun.spawn([path, ...command.slice(1)], {
      env: environment,
      stdin: 'inherit',
      stdout: 'inherit',
      stderr: 'inherit',
    })
  } catch {
    throw new CommandFailure(126, `${path} cannot be started.`)
  }
  const undo = passSignals(child)
  await child.exited
  undo()
  const { signalCode, exitCode } = child
  const number = signalCode === null ? undefined : constants.signals[signalCode as NodeJS.Signals]
  return number === undefined ? (exitCode ?? EXIT.failed) : 128 + number
}

function passSignals(child: Bun.Subprocess): () => void {
  const isAtTerminal = Boolean(process.stdin.isTTY)
  const handlers = [...PASSED_ON, ...FROM_TERMINAL].map((signal) => {
    const isHeardAlready = isAtTerminal && (FROM_TERMINAL as readonly string[]).includes(signal)
    const handler = () => {
      if (!isHeardAlready) child.kill(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    for (const remove of handlers) remove()
  }
}
