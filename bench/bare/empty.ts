/** The least that Bun can be asked to do. */
export {}
