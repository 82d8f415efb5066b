/** @jsxImportSource #html */
/** What was found on this machine to import: where, whose, how old, who uses it, and what can be done with it. */

import type { ImportCandidate } from '../../accounts/import-candidate.ts'
import { adviceText } from '../../messages/advice.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { dialogLink, openingForm } from '../ui/hx.ts'
import { personal, personalParams, personalPath, personalText } from '../ui/mask.ts'
import { ProviderMark } from '../ui/provider-mark.tsx'
import { relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

interface CandidateListProps {
  view: ViewContext
  candidates: readonly ImportCandidate[]
  providerName: (provider: string) => string
}

export function CandidateList({ view, candidates, providerName }: CandidateListProps) {
  return (
    <ul id="candidates" class="candidates">
      {candidates.map((candidate) => (
        <Candidate view={view} candidate={candidate} providerName={providerName(candidate.provider)} />
      ))}
    </ul>
  )
}

function Candidate({
  view,
  candidate,
  providerName,
}: {
  view: ViewContext
  candidate: ImportCandidate
  providerName: string
}) {
  const { imports } = view.t
  const { identity } = candidate
  const facts = [
    imports.states[candidate.state],
    candidate.storeItem,
    personal(view, identity?.organizationName ?? null),
    identity?.plan ?? null,
    candidate.modifiedAt === null ? null : imports.age(relativeText(view, candidate.modifiedAt)),
    usersText(view, candidate.usedBy),
  ].filter((fact) => fact !== null)
  return (
    <li class="candidate" data-state={candidate.state}>
      <ProviderMark name={providerName} />
      <div class="candidate__what">
        <p class="candidate__who">{personal(view, identity?.email ?? null) ?? providerName}</p>
        <p class="candidate__path">
          <code>{personalPath(view, candidate.path)}</code>
        </p>
        <p class="quiet">{facts.join(' · ')}</p>
        <p class="candidate__advice">{candidateAdvice(view, candidate)}</p>
      </div>
      <CandidateActions view={view} candidate={candidate} />
    </li>
  )
}

function usersText({ t: { imports } }: ViewContext, usedBy: ImportCandidate['usedBy']): string | null {
  if (usedBy === null) return imports.usersUnknown
  return usedBy.length > 0 ? imports.usedBy(usedBy.join(', ')) : null
}

export function candidateAdvice(view: ViewContext, candidate: ImportCandidate): string {
  const params = {
    path: candidate.path,
    email: candidate.identity?.email ?? null,
    usedBy: candidate.usedBy?.join(', ') ?? null,
    tool: candidate.entry?.tool ?? null,
  }
  return personalText(view, adviceText(view.language, candidate.advice, personalParams(view, params)))
}

function CandidateActions({ view, candidate }: { view: ViewContext; candidate: ImportCandidate }) {
  const { imports } = view.t
  const path = personalPath(view, candidate.path)
  const choiceHref = `/imports/new?path=${encodeURIComponent(candidate.path)}`
  return (
    <div class="candidate__actions">
      {candidate.accountId !== null && (
        <a class="btn btn--small" href={`/accounts/${candidate.accountId}`}>
          {imports.openKnown}
        </a>
      )}
      {candidate.canLink && candidate.accountId === null && (
        <form {...openingForm(view, '/imports')}>
          <CsrfField view={view} />
          <input type="hidden" name="path" value={candidate.path} />
          <input type="hidden" name="mode" value="link" />
          <button type="submit" class="btn btn--small btn--primary" aria-label={imports.linkOf(path)}>
            {imports.link}
          </button>
        </form>
      )}
      {candidate.canReadKeychain && (
        <>
          <form {...openingForm(view, '/imports/keychain')}>
            <CsrfField view={view} />
            <input type="hidden" name="path" value={candidate.path} />
            <input type="hidden" name="mode" value="link" />
            <button type="submit" class="btn btn--small btn--primary">
              {imports.readKeychain}
            </button>
          </form>
          {candidate.advice !== 'keychain_conflict' && (
            <form {...openingForm(view, '/imports/keychain')}>
              <CsrfField view={view} />
              <input type="hidden" name="path" value={candidate.path} />
              <input type="hidden" name="mode" value="take_over" />
              <button type="submit" class="btn btn--small">
                {imports.takeOverKeychain}
              </button>
            </form>
          )}
        </>
      )}
      {candidate.canTakeOver && (
        <a
          class="btn btn--small"
          aria-label={imports.takeOverOf(path)}
          href={choiceHref}
          {...dialogLink(view, choiceHref)}
        >
          {imports.takeOver}…
        </a>
      )}
    </div>
  )
}
