/**
 * The database's driver lets go of a file only when its closed connection is collected. A process that closes a database
 * and lives on while another process wants it must not leave that to chance.
 */

/** Collects what was closed, in a few turns, because a collection ends what an earlier one has only found. */
export async function letGoOfDatabases(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    Bun.gc(true)
  }
}
