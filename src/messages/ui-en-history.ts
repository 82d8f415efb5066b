/** Texts of the history of use, of how forecasts did, and of counted transcripts, in English. */

export const historyEn = {
  usageHistory: {
    title: 'Use in 90 days',
    nav: 'Usage',
    together: 'Use of all accounts',
    none: 'Nothing has been read yet.',
    chart: (window: string) => `${window}: use in the last 90 days. The table has the same figures.`,
    chartOf: (account: string, window: string, highest: string) =>
      `${account}, ${window}: use in the last 90 days, ${highest} at the highest`,
    table: (window: string) => `${window} as a table`,
    legend: {
      use: 'use',
      reset: 'reset',
      ranOut: 'ran out',
      held: 'foretold, and so it came',
      missed: 'foretold, and it came otherwise',
    },
    columns: {
      account: 'Account',
      course: (from: string, until: string) => `Use, ${from} to ${until}`,
      now: 'Now',
      reset: 'Reset',
      highest: 'Highest',
      ranOut: 'Ran out',
      foretold: 'Foretold',
      linear: 'Straight line',
      band: 'Band',
    },
    highest: (percent: string) => `${percent} at the highest`,
    lasts: 'lasts',
    lasted: 'lasted',
    band: (from: string, until: string) => `between ${from} and ${until}`,
    openBand: (from: string) => `from ${from}, or not at all`,
    saidAt: (when: string) => `said ${when}`,
    bandHeld: 'held',
    bandMissed: 'missed',
    noRecord: 'No forecast has come due yet.',
    noBands: 'No forecast named an hour yet.',
    held: (held: string, bands: string) => `${held} of ${bands} forecasts came within their band; four of five should.`,
    errors: (own: string, linear: string) => `They were off by ${own} on average, a straight line by ${linear}.`,
    heldShort: (held: string, bands: string, errors: string) => `${held} of ${bands} within their band; ${errors}`,
    errorsShort: (own: string, linear: string) => `off by ${own}, a straight line by ${linear}`,
    elsewhere: (low: string, high: string) =>
      `At least ${low} of this window was used elsewhere, ${high} at most: on another machine, on the web or in an app.`,
    explained: (high: string) =>
      `This machine can explain all of this window’s use; at most ${high} came from elsewhere.`,
    cannotTell: {
      no_transcripts:
        'Whether some of it was used elsewhere cannot be told: no CLI has noted anything for this account on this machine.',
      short_history: 'Whether some of it was used elsewhere cannot be told yet: too few hours have been counted.',
      nothing_used: 'Too little of this window has been used to tell whether some of it was used elsewhere.',
    },
    transcripts: {
      title: 'Use elsewhere',
      hint: 'The CLIs note on this machine how many tokens each answer took. These numbers are set against what the provider counts, to show what was used elsewhere. Only numbers are read and kept, never what was said. Switching it off forgets them.',
      count: 'Count tokens in the CLIs’ transcripts',
    },
  },
}
