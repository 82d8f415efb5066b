/** @jsxImportSource #html */
/**
 * Our own small set of line icons, 16 × 16, one stroke weight. They decorate: the word beside them, or the label of their
 * control, speaks. Each is written once, because a list shows hundreds of them.
 */

import type { Child } from 'hono/jsx'

const PATHS = {
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.5 10.5 14 14',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  'eye-off':
    'M6.4 3.7A6.6 6.6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a12 12 0 0 1-1.9 2.4M4 5.1A11.6 11.6 0 0 0 1.5 8s2.5 4.5 6.5 4.5c1 0 2-.3 2.8-.7M2.5 2.5l11 11',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  back: 'M13 8H3M7 4 3 8l4 4',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5v9l7-4.5z',
  key: 'M6 10.5a3 3 0 1 1 2.6-1.5H14v2.5M11.5 9v2',
  file: 'M4 1.5h5l3.5 3.5v9.5H4zM9 1.5V5h3.5',
  terminal: 'M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10h3',
  remove: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9',
  external: 'M9.5 2.5h4v4M13.5 2.5 7.5 8.5M11 9.5v4H2.5V5h4',
  help: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6 6.2c.2-1.1 1-1.7 2-1.7s2 .7 2 1.7c0 1.5-2 1.6-2 3M8 11.5h.01',
  settings:
    'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM5.5 13.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  bell: 'M4 11.5V7a4 4 0 0 1 8 0v4.5M2.5 11.5h11M6.8 13.8a1.4 1.4 0 0 0 2.4 0',
  exit: 'M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6',
} as const

export type IconName = keyof typeof PATHS

const ICONS = drawn(PATHS, (path) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={path} />
  </svg>
))

export function Icon({ name }: { name: IconName }) {
  return <>{ICONS[name]}</>
}

/** Shapes of marks: each tone has its own outline, so that colour is never the only sign. */
const SHAPES = {
  good: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm-.8-3.6L4.7 7.9l1.1-1.1 1.4 1.4 3-3 1.1 1.1z',
  warn: 'M8 1.5 15 14H1zM7.2 6v4h1.6V6zm0 5v1.5h1.6V11z',
  bad: 'M5.1 1.5h5.8l3.6 3.6v5.8l-3.6 3.6H5.1l-3.6-3.6V5.1zM7.2 4v5h1.6V4zm0 6.2v1.6h1.6v-1.6z',
  idle: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-1.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9Z',
  own: 'M3 2.5h10a.5.5 0 0 1 .5.5v10a.5.5 0 0 1-.5.5H3a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5Zm2.5 3v5h5v-5z',
  other: 'M8 1.5 14.5 8 8 14.5 1.5 8zM8 3.7 3.7 8 8 12.3 12.3 8z',
} as const

export type MarkTone = keyof typeof SHAPES

const MARK_SHAPES = drawn(SHAPES, (path) => (
  <svg class="mark__shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path fill-rule="evenodd" d={path} />
  </svg>
))

export function MarkShape({ tone }: { tone: MarkTone }) {
  return <>{MARK_SHAPES[tone]}</>
}

function drawn<Name extends string>(paths: Record<Name, string>, draw: (path: string) => Child): Record<Name, Child> {
  const drawings = Object.entries<string>(paths).map(([name, path]) => [name, draw(path)])
  return Object.fromEntries(drawings) as Record<Name, Child>
}
