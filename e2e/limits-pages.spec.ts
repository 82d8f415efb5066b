/**
 * The pages of limits with few, many and very many accounts, on a desk and in a hand, in both themes: looked at, measured
 * and kept as pictures. The accounts have a past, so that forecasts, bands and charts are there to be seen.
 */

import { AxeBuilder } from '@axe-core/playwright'
import type { Page, TestInfo } from 'playwright/test'
import { buildFakeIdentity } from '../src/testing/fake-identities.ts'
import { fakeWindow } from '../src/testing/fake-usage.ts'
import type { AppProcess } from './app-process.ts'
import { expect, type ServedFakeProvider, signInToDashboard, test } from './fixtures.ts'
import { addPair } from './steps.ts'

const HOUR_MS = 3_600_000
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const SIZES = [
  [1440, 900],
  [390, 844],
] as const
const TALLEST_ROW = 56
const ROWS_OF_A_PAGE = 100

/** Eight weeks of office hours for every window, in one statement: what lies before the present span is over. */
const PAST = `with recursive hours(n) as (select 1 union all select n + 1 from hours where n < 1344)
insert or ignore into usage_points
select account_id, window_id, 'hour', at, fraction, fraction, reset from (
  select account_id, window_id, resets_at - duration_ms - n * 3600000 as at,
    resets_at - duration_ms - n * 3600000 / duration_ms * duration_ms as reset,
    min(1.0, round(0.09 * (1 - (n * 3600000.0 % duration_ms) / duration_ms) * (10 + n / 168 % 4), 2)) as fraction
  from usage_windows, hours where duration_ms is not null and resets_at is not null);
update usage_states set next_read_at = 0;
update usage_calls set at = at - 120000`

test.use({
  providerOptions: {
    identities: Array.from({ length: 200 }, (_, index) =>
      buildFakeIdentity(index % 3 === 0 ? 'codex' : 'claude', `person-${index}`, 2_000 + index),
    ),
  },
})

// axe injects a style of its own, which the policy refuses; that report is not the page's.
test.beforeEach(({ expectedConsole }) => {
  expectedConsole.push(/Applying inline style violates.*style-src|Refused to apply inline style/)
})

for (const count of [3, 20, 200]) {
  test(`the pages with ${count} accounts`, async ({ page, app, fake }, info) => {
    test.setTimeout(240_000)
    const ids = await addPeople(app, fake, count)
    await app.stop()
    await app.restart(PAST)
    // Forecasts come with readings.
    await everybodyRead(fake, 2 * count)
    await signInToDashboard(page, app)
    const found: string[] = []
    for (const [name, path] of pagesOf(ids[0]!)) {
      await page.goto(app.origin + path)
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme })
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height })
          const where = `${name}-${count}-${width}-${theme}`
          await expectItFits(page, where)
          if (name === 'accounts' && width === 1440) await expectLowRows(page, count)
          await attach(page, info, where)
          found.push(...(await violationsOf(page, where, theme)))
        }
      }
    }
    expect(found).toEqual([])
  })
}

function pagesOf(id: string): [name: string, path: string][] {
  return [
    ['accounts', '/'],
    ['account', `/accounts/${id}`],
    ['usage', '/usage'],
    ['timeline', '/timeline'],
  ]
}

/** Adds people whose limits are everything from untouched to used up, and waits until all were read. */
async function addPeople(app: AppProcess, fake: ServedFakeProvider, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const name = `person-${index}`
    const used = (index * 37 + 62) % 104
    fake.usage.set(name, [
      fakeWindow('session', used, Date.now() + (1 + (index % 4)) * HOUR_MS),
      fakeWindow('weekly', (used * 7) % 101, Date.now() + (20 + 9 * (index % 14)) * HOUR_MS),
      ...(index % 5 === 0 ? [fakeWindow('weekly', 12, Date.now() + 80 * HOUR_MS, 'Example Max')] : []),
    ])
    ids.push((await addPair(app, fake, name)).id)
  }
  await everybodyRead(fake, count)
  return ids
}

async function everybodyRead(fake: ServedFakeProvider, times: number): Promise<void> {
  const read = () => fake.ledger.count('claude.usage', 'ok') + fake.ledger.count('codex.usage', 'ok')
  await expect.poll(read, { timeout: 120_000 }).toBeGreaterThanOrEqual(times)
}

async function expectItFits(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${where} scrolls sideways`).toBeLessThanOrEqual(0)
}

async function expectLowRows(page: Page, count: number): Promise<void> {
  const heights = await page
    .getByRole('list', { name: 'All accounts' })
    .getByRole('listitem')
    .evaluateAll((items) => items.map((item) => item.firstElementChild!.getBoundingClientRect().height))
  expect(heights).toHaveLength(Math.min(count, ROWS_OF_A_PAGE))
  expect(Math.max(...heights)).toBeLessThanOrEqual(TALLEST_ROW)
}

async function attach(page: Page, info: TestInfo, where: string): Promise<void> {
  const path = info.outputPath(`${where}.png`)
  await page.screenshot({ path, clip: { x: 0, y: 0, ...page.viewportSize()! }, fullPage: true })
  await info.attach(where, { path, contentType: 'image/png' })
}

/** A theme changes colours and nothing else. */
async function violationsOf(page: Page, where: string, theme: 'light' | 'dark'): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const { violations } = await (theme === 'light' ? axe.withTags(TAGS) : axe.withRules(['color-contrast'])).analyze()
  return violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}
