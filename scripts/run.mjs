/** Runs a TypeScript program of this project with Bun after installing what is missing: `node scripts/run.mjs FILE ARGS…`. */

import { bunPath, installPackages, run } from './install.mjs'

installPackages()
run(bunPath(), ['--no-env-file', ...process.argv.slice(2)])
