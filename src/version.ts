/** The program's version, as it stands in package.json. */

import packageJson from '../package.json' with { type: 'json' }

export const VERSION: string = packageJson.version
