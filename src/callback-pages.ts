/**
 * What browsers see at a callback listener, read from disk apart from the start: nobody can be there before a sign-in has
 * begun.
 */

import type { CallbackPages } from './accounts/callback-page.ts'

/** The pages, empty until `load` has resolved. */
export interface LazyCallbackPages {
  pages: CallbackPages
  load(): Promise<void>
}

/** Pages that are empty until `load` has read them: a start does not wait for the words of a page that seldom is wanted. */
export function lazyCallbackPages(): LazyCallbackPages {
  let loaded: CallbackPages = { styleSheet: '', render: () => '' }
  return {
    pages: {
      get styleSheet() {
        return loaded.styleSheet
      },
      render: (...given) => loaded.render(...given),
    },
    async load() {
      loaded = (await import('./views/pages/callback.tsx')).callbackPages
    },
  }
}
