/** `npm run check`: everything that is cheap, cheapest first; stops at the first failure. */

import { installPackages } from './install.mjs'
import { CHECKS, runStep, UNIT_TESTS } from './steps.mjs'

installPackages()
for (const step of [...CHECKS, UNIT_TESTS]) if (!runStep(step)) process.exit(1)
