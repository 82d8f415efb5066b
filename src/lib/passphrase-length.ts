/** How long a passphrase must be that guards a file of its own: whoever finds the file can try for as long as they like. */

export const LEAST_PASSPHRASE_CHARACTERS = 12
