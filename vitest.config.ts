import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: '#html' } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    // The default pool of child processes does not start under Bun.
    pool: 'threads',
    // One for each core: the default leaves one idle, which is half of a small machine.
    maxWorkers: '100%',
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // On a machine that somebody else keeps busy. What needed it is named at the end of `npm test`.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: [
        ...['accounts', 'oauth', 'vault', 'switching', 'cli-credentials'],
        ...['usage', 'forecast', 'limits', 'transcripts', 'timeline', 'alerts'],
      ].map((room) => `src/${room}/**`),
      exclude: ['**/*.test.ts'],
    },
  },
})
