#!/usr/bin/env node
/** The `tokendeck` command: hands everything to Bun, which npm installed beside it. */

if (process.versions.bun) await import('../src/command-line/main.ts')
else {
  const { spawnSync } = await import('node:child_process')
  const { bunPath, installPackages, ROOT } = await import('../scripts/install.mjs')
  installPackages()
  const result = spawnSync(bunPath(), ['--no-env-file', `${ROOT}/src/command-line/main.ts`, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = result.status ?? 1
}
