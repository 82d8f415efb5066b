/** The only way a view writes htmx attributes: typed, and always with the nonce without which htmx strips them. */

import type { ViewContext } from '../view-context.ts'

export interface HxOptions {
  get?: string
  post?: string
  /** Extended CSS selector of what is replaced. */
  target?: string
  swap?: 'innerHTML' | 'outerHTML' | 'outerMorph' | 'innerMorph' | 'none'
  trigger?: string
  /** Selector of the controls that cannot be used during the request. */
  disable?: string
  include?: string
}

/** Attributes for an element that makes htmx requests. */
export function hx(view: ViewContext, options: HxOptions): Record<string, string> {
  const attributes: Record<string, string> = { 'hx-nonce': view.nonce }
  if (options.get) attributes['hx-get'] = options.get
  if (options.post) attributes['hx-post'] = options.post
  if (options.target) attributes['hx-target'] = options.target
  if (options.swap) attributes['hx-swap'] = options.swap
  if (options.trigger) attributes['hx-trigger'] = options.trigger
  if (options.disable) attributes['hx-disable'] = options.disable
  if (options.include) attributes['hx-include'] = options.include
  return attributes
}

/** For a link whose page opens in the dialog where scripts run, and as a page of its own where they do not. */
export function dialogLink(view: ViewContext, href: string): Record<string, string> {
  return { href, ...hx(view, { get: href, target: '#dialog-body', swap: 'innerHTML' }) }
}

/** For a form that stands inside a dialog's content: its answer takes the content's place. */
export function dialogForm(view: ViewContext, action: string): Record<string, string> {
  return {
    method: 'post',
    action,
    ...hx(view, { post: action, target: 'closest [data-dialog]', swap: 'outerHTML', disable: 'find button' }),
  }
}

/** For a form outside the dialog whose answer opens in it. */
export function openingForm(view: ViewContext, action: string): Record<string, string> {
  return {
    method: 'post',
    action,
    ...hx(view, { post: action, target: '#dialog-body', swap: 'innerHTML', disable: 'find button' }),
  }
}
