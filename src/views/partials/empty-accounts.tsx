/** @jsxImportSource #html */
/** The first screen of a newcomer: what is on this machine, then the ways to sign in. */

import type { ImportCandidate } from '../../accounts/import-candidate.ts'
import type { ProviderChoice } from '../dialogs/add-account-dialog.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { dialogLink, hx, openingForm } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { ProviderMark } from '../ui/provider-mark.tsx'
import type { ViewContext } from '../view-context.ts'
import { CandidateList } from './candidate-list.tsx'

interface EmptyAccountsProps {
  view: ViewContext
  providers: readonly ProviderChoice[]
  candidates: readonly ImportCandidate[]
}

/** One that needs a client id first is explained where accounts are added. */
const canBegin = ({ registrationUrl }: ProviderChoice) => registrationUrl === null

/** Its root has the id of the list, so that it gives way when the first account comes. */
export function EmptyAccounts({ view, providers, candidates }: EmptyAccountsProps) {
  const { empty } = view.t
  const providerName = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id
  const trigger = 'accounts-changed from:body, candidates-changed from:body'
  return (
    <div id="accounts" class="empty" {...hx(view, { get: '/?was=empty', swap: 'outerMorph', trigger })}>
      <p class="empty__lead">
        <strong>{empty.title}.</strong> {empty.lead}
      </p>
      <section class="panel">
        <h2 class="panel__title">{empty.found}</h2>
        <p class="quiet">{candidates.length > 0 ? empty.foundLead : empty.nothingFound}</p>
        <CandidateList view={view} candidates={candidates} providerName={providerName} />
      </section>
      <section class="panel">
        <h2 class="panel__title">{empty.signIn}</h2>
        <div class="empty__ways">
          {providers.filter(canBegin).map((provider) => (
            <form {...openingForm(view, '/authorizations')}>
              <CsrfField view={view} />
              <input type="hidden" name="provider" value={provider.id} />
              <button type="submit" class="btn btn--large">
                <ProviderMark name={provider.name} isNamedBeside /> {empty.signInWith(provider.name)}
              </button>
            </form>
          ))}
        </div>
        <p class="empty__other">
          <span class="quiet">{empty.otherWays}:</span>{' '}
          <a {...dialogLink(view, '/added-tokens/new')}>
            <Icon name="key" /> {empty.pasteToken}
          </a>{' '}
          <a {...dialogLink(view, '/imports/new')}>
            <Icon name="file" /> {empty.otherFile}
          </a>
        </p>
      </section>
    </div>
  )
}
