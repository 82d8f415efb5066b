/** `GET /metrics` in the text format of Prometheus, for a session or the API token. Source: Prometheus text format 0.0.4 */

import { Hono } from 'hono'
import { type Metric, newMetricsMemory, readMetrics } from '../alerts/metrics.ts'
import type { AppDependencies, AppEnvironment } from './dependencies.ts'

/** The route, which counts from now on. */
export function metricsRoutes({ accounts }: AppDependencies): Hono<AppEnvironment> {
  const memory = newMetricsMemory(accounts)
  return new Hono<AppEnvironment>().get('/metrics', async () => {
    const metrics = await readMetrics(accounts, memory)
    return new Response(metrics.map(metricText).join(''), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
  })
}

/** A family with its HELP and TYPE; every line ends with a line feed. */
export function metricText({ name, help, type, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`)
  const escapedHelp = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return `# HELP ${name} ${escapedHelp}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
