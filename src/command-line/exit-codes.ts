/** What a command's end means to a script. */

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  signInAgain: 3,
  tryLater: 4,
  busy: 75,
  configuration: 78,
} as const

/** A command that cannot go on: the words for the person and the code for the script. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'

  constructor(
    readonly exitCode: number,
    message: string,
    /** The stable code of the API's problem, where it was one. */
    readonly problem: string | null = null,
  ) {
    super(message)
  }
}

/** Wrong usage, with what was wrong. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message)
}

/** Stable problem codes of the API after which something else than "failed" should be told to a script. */
const CODES: Record<string, number> = {
  invalid_request: EXIT.usage,
  unknown_provider: EXIT.usage,
  method_not_offered: EXIT.usage,
  // The flag for the second yes is missing.
  revoke_would_break_cli: EXIT.usage,
  reauthorization_required: EXIT.signInAgain,
  no_refresh_token: EXIT.signInAgain,
  consent_needed: EXIT.signInAgain,
  try_again_later: EXIT.tryLater,
  provider_unreachable: EXIT.tryLater,
  provider_rate_limited: EXIT.tryLater,
  outcome_unknown: EXIT.tryLater,
  store_failed: EXIT.tryLater,
  file_torn: EXIT.tryLater,
  activation_outgoing_doubtful: EXIT.tryLater,
  activation_changed: EXIT.busy,
  place_busy: EXIT.busy,
  profile_in_use: EXIT.busy,
  ports_taken: EXIT.busy,
  key_rotation_under_way: EXIT.busy,
  busy: EXIT.busy,
}

/** The exit code for a problem that the API reported. */
export function exitCodeOf(problemCode: string): number {
  return CODES[problemCode] ?? EXIT.failed
}
