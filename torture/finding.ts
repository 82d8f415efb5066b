/** What a torture found: a measured figure beside its goal, and whether the goal is kept. */

export interface Finding {
  /** Name of the fault, such as `F1`. */
  fault: string
  what: string
  measured: string
  goal: string
  /** `shown`: a figure without a goal of ours; `unmeasured`: this machine cannot, and `measured` says why. */
  state: 'met' | 'missed' | 'shown' | 'unmeasured'
  /** Its place in the comparison of strategies: what was done, and by whom. */
  compared?: { test: string; by: string }
}

/** What each scenario is given. */
export interface Torture {
  isShort: boolean
  /** A directory of this run alone; it is removed at the end. */
  directory: string
}

export interface Scenario {
  faults: readonly string[]
  title: string
  /** It measures milliseconds, so nothing else runs meanwhile. */
  isTimed?: boolean
  run(torture: Torture): Promise<Finding[]>
}

/** A finding that is good when all of these hold. */
export function finding(
  fault: string,
  what: string,
  { measured, goal, isMet }: { measured: string; goal: string; isMet: boolean },
): Finding {
  return { fault, what, measured, goal, state: isMet ? 'met' : 'missed' }
}

/**
 * The same where a goal is one of many samples or of a quiet machine: a short run shows what misses it and judges by
 * `isTolerable` alone, which no busy machine misses and a gross break does.
 */
export function timedFinding(
  isShort: boolean,
  fault: string,
  what: string,
  { isTolerable, ...figures }: Parameters<typeof finding>[2] & { isTolerable: boolean },
): Finding {
  const found = finding(fault, what, figures)
  return isShort && isTolerable && found.state === 'missed' ? { ...found, state: 'shown' } : found
}

/** The findings as a Markdown table. */
export function table(findings: readonly Finding[]): string {
  const lines = findings.map(({ fault, what, measured, goal, state }) => [fault, what, measured, goal, WORDS[state]])
  return [['', 'what is done', 'measured', 'goal', ''], ['---', '---', '---', '---', '---'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const WORDS = { met: 'kept', missed: '**missed**', shown: 'shown', unmeasured: 'not measured' } as const
