/** The notice before a restricted sign-in, in the words of the sign-in dialog, and the owner's agreement to it. */

import { z } from 'zod'
import { type ConsentView, giveConsent, listConsents, viewConsent } from '../../../accounts/consent.ts'
import type { Language } from '../../../messages/languages.ts'
import { messagesFor } from '../../../messages/messages.ts'
import { named } from './named-schemas.ts'
import { apiRoute } from './route.ts'

const consentRequest = named('ConsentRequest', z.strictObject({ provider: z.string().min(1).max(64) }))

const consent = named(
  'Consent',
  z.object({
    provider: z.string(),
    provider_name: z.string(),
    needed: z.boolean().describe('True while a person has not agreed to the notice. A program is not held up by it.'),
    notice: z
      .object({ title: z.string(), paragraphs: z.array(z.string()), agreement: z.string() })
      .nullable()
      .describe('Null where nothing restricts signing in here.'),
    profile_cli: z
      .string()
      .nullable()
      .describe("The provider's own CLI, where it can sign in inside a profile; null where there is no such way."),
  }),
)

export const consentRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/consents',
    summary: 'What a person is told before signing in to each provider, and whether it was agreed to',
    answer: { status: 200, description: 'The notices', schema: consent, isList: true },
    handle: async ({ context, language }) => (await listConsents(context)).map((view) => consentJson(view, language)),
  }),
  apiRoute({
    method: 'post',
    path: '/api/consents',
    summary: 'Agree to the notice of a provider, once for this installation',
    body: consentRequest,
    answer: { status: 201, description: 'The notice', schema: consent },
    async handle({ context, actor, body, language }) {
      await giveConsent(context, body.provider, actor)
      return consentJson(await viewConsent(context, body.provider), language)
    },
  }),
]

function consentJson(view: ConsentView, language: Language): z.infer<typeof consent> {
  return {
    provider: view.provider,
    provider_name: view.providerName,
    needed: view.notice !== null && !view.isGiven,
    notice: noticeJson(view, language),
    profile_cli: view.profileCli,
  }
}

function noticeJson({ providerName, notice, profileCli }: ConsentView, language: Language) {
  if (notice === null) return null
  const t = messagesFor(language).consent
  const words = t.notices[notice]
  const alternative = profileCli === null ? [] : [words.alternative(profileCli)]
  const paragraphs = [words.lead(providerName), words.rule(providerName), t.what, ...alternative]
  return { title: t.title(providerName), paragraphs, agreement: t.agree }
}
