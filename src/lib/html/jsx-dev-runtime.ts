/** The names under which runtimes that are not told "production" look for the same. */

export type { JSX } from './jsx-runtime.ts'
export { Fragment, jsx as jsxDEV } from './jsx-runtime.ts'
