/** How every connection to a local database file is set up. Knows no library. */

/** To be run before anything else. Order matters: the lock must be asked for before the file is read for the first time. */
export const CLAIM = [
  'PRAGMA locking_mode=EXCLUSIVE',
  'PRAGMA journal_mode=WAL',
  'PRAGMA synchronous=FULL',
  // A net only: whoever writes much brings the log of writes into the file between two commits.
  'PRAGMA wal_autocheckpoint=4000',
  // Overwrites what is deleted: a rotated token must not stay readable in free pages.
  'PRAGMA secure_delete=ON',
  'PRAGMA trusted_schema=OFF',
  'PRAGMA cell_size_check=ON',
  'PRAGMA foreign_keys=ON',
].join(';')
