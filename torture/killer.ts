/** A thread that kills its process at an instant of its own, whatever the others are doing. */

import { isMainThread } from 'node:worker_threads'

declare const self: Worker

/** Starts the thread; posting `{ afterMs }` to it starts its time. */
export async function startKiller(): Promise<Worker> {
  const killer = new Worker(import.meta.url)
  await new Promise((resolve) => killer.addEventListener('message', resolve, { once: true }))
  return killer
}

if (!isMainThread) {
  self.onmessage = ({ data }: MessageEvent<{ afterMs: number }>) => {
    const until = performance.now() + data.afterMs
    Bun.sleepSync(Math.floor(data.afterMs))
    // The last part of a millisecond.
    while (performance.now() < until);
    process.kill(process.pid, 'SIGKILL')
  }
  self.postMessage('ready')
}
