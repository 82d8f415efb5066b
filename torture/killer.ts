/** A thread that kills its process at an instant of its own, whatever the others are doing. */

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<{ afterMs: number }>) => {
  const until = performance.now() + data.afterMs
  Bun.sleepSync(Math.floor(data.afterMs))
  // The last part of a millisecond.
  while (performance.now() < until);
  process.kill(process.pid, 'SIGKILL')
}
self.postMessage('ready')
