/** Watches for how long this process's event loop stands still. */

export interface PauseWatch {
  /** The longest pause since the last call, milliseconds. */
  take(): number
}

/** Looks every millisecond; a look that comes late was held up. */
export function watchPauses(): PauseWatch {
  let longest = 0
  let lookedAt = performance.now()
  setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - lookedAt - 1)
    lookedAt = now
  }, 1)
  return {
    take() {
      const taken = longest
      longest = 0
      return taken
    },
  }
}
