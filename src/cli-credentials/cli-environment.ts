/**
 * How a CLI is pointed at a directory by its environment, without what outranks the login that lies there. Reads no
 * environment.
 */

import { dirname } from 'node:path'
import { CLIS } from './clis/index.ts'
import type { CredentialPlace } from './credential-file.ts'

/** What a program's environment must hold, and what it must not, so that it uses one login and no other. */
export interface CliEnvironment {
  set: Record<string, string>
  unset: string[]
}

/**
 * The environment in which a CLI uses the login of a place. In its default place no variable must name a directory: Claude
 * Code keeps `.claude.json` elsewhere then. Where only its tokens were moved, only they are pointed at.
 */
export function environmentOf(
  place: Pick<CredentialPlace, 'cli' | 'directory' | 'companionPath' | 'kind'>,
): CliEnvironment {
  const { directoryVariables: names, outrankingVariables } = CLIS[place.cli]
  const isApart =
    place.kind === 'environment' && place.companionPath !== null && dirname(place.companionPath) !== place.directory
  const used = place.kind === 'default' ? null : isApart ? names.at(-1)! : names[0]
  return {
    set: used === null ? {} : { [used]: place.directory },
    unset: [...names.filter((name) => name !== used && !isApart), ...outrankingVariables],
  }
}
