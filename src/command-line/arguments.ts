/**
 * Reads a command's arguments: options of two kinds, and everything else in its order. Written here because the runtime's
 * own reader takes longer to load than `tokendeck token` has. Knows no command.
 */

import { usageFailure } from './exit-codes.ts'

/** An option: a flag, or one that takes a text. */
export interface OptionShape {
  type: 'boolean' | 'string'
  /** One letter, for `-y`. */
  short?: string
}

/** A command's arguments after parsing. */
export interface CommandArguments {
  positionals: string[]
  /** How many positionals stood before `--`; absent without one. */
  separatorAt?: number
  options: Record<string, string | boolean | undefined>
}

/**
 * Reads arguments as `--flag`, `--name text`, `--name=text`, `-f` and positionals; after `--` everything is a positional.
 *
 * Errors: CommandFailure with the usage code
 */
export function readArguments(
  args: readonly string[],
  shapes: Readonly<Record<string, OptionShape>>,
): CommandArguments {
  const read: CommandArguments = { positionals: [], options: {} }
  const waiting = [...args]
  for (let arg = waiting.shift(); arg !== undefined; arg = waiting.shift()) {
    if (arg === '--') {
      read.separatorAt = read.positionals.length
      read.positionals.push(...waiting)
      break
    }
    // A single dash stands for standard input by custom: a positional.
    if (!arg.startsWith('-') || arg === '-') {
      read.positionals.push(arg)
      continue
    }
    const { name, text } = nameOf(arg, shapes)
    if (shapes[name]!.type === 'boolean') {
      if (text !== null) throw usageFailure(`--${name} takes no value.`)
      read.options[name] = true
      continue
    }
    const value = text ?? waiting.shift()
    if (value === undefined || (text === null && value.startsWith('-') && value !== '-'))
      throw usageFailure(`--${name} needs a value. One that begins with a dash is written as --${name}=VALUE.`)
    read.options[name] = value
  }
  return read
}

/** The option that an argument names, and the text after its equals sign. */
function nameOf(arg: string, shapes: Readonly<Record<string, OptionShape>>): { name: string; text: string | null } {
  const [, long, text] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
  const name = long ?? Object.keys(shapes).find((each) => shapes[each]!.short === arg.slice(1))
  if (name === undefined || !Object.hasOwn(shapes, name)) throw usageFailure(`There is no option ${shown(arg)}.`)
  return { name, text: text ?? null }
}

/** Only what looks like an option is repeated: anything else may be a token. */
function shown(arg: string): string {
  return /^--?[a-z][a-z-]{0,30}(?==|$)/.exec(arg)?.[0] ?? 'of that name'
}

/** Refuses words that a command has no use for: somebody means something by them. Errors: CommandFailure with the usage code */
export function refuseSurplus({ positionals }: CommandArguments, most: 0 | 1): void {
  if (positionals.length <= most) return
  throw usageFailure(most === 0 ? 'This command takes options only.' : 'Name one account at most.')
}
