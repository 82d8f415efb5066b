/** @jsxImportSource #html */
/** Every generation of an account's login; first of all, when it was signed out and why. */

import type { Generation, Lineage } from '../../accounts/lineage.ts'
import { beginningText, endText } from '../../messages/lineage.ts'
import { causeText } from '../../messages/lineage-causes.ts'
import { MarkShape } from '../ui/icon.tsx'
import { personalText } from '../ui/mask.ts'
import { exactText, FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

/** Generations that are told one by one on the page. */
const SHOWN = 40

export function AccountLineage({ view, lineage }: { view: ViewContext; lineage: Lineage }) {
  const { t } = view
  const { generations, losses } = lineage
  const [newest] = generations
  return (
    <section id="lineage" class="panel" aria-labelledby="lineage-title">
      <h2 id="lineage-title" class="panel__title">
        {t.lineage.title}
      </h2>
      {newest ? (
        <>
          <Now view={view} newest={newest} />
          <SignOuts view={view} losses={losses.filter(({ at }) => !(newest.ended && at === newest.at))} />
          <Generations view={view} generations={generations.slice(0, SHOWN)} />
        </>
      ) : (
        <p class="quiet">{t.lineage.none}</p>
      )}
    </section>
  )
}

function Now({ view, newest }: { view: ViewContext; newest: Generation }) {
  const { lineage } = view.t
  const tone = newest.ended ? 'bad' : 'own'
  return (
    <p class="lineage__now" data-tone={tone}>
      <MarkShape tone={tone} />
      {newest.ended ? (
        <span>
          {lineage.over} <FullTime view={view} at={newest.ended.at} />: {wentText(view, newest)}
          <Cause view={view} generation={newest} />
        </span>
      ) : (
        <span>{lineage.alive(String(newest.generation))}</span>
      )}
    </p>
  )
}

function SignOuts({ view, losses }: { view: ViewContext; losses: readonly Generation[] }) {
  const { lineage } = view.t
  if (losses.length === 0) return null
  return (
    <>
      <h3 class="lineage__title">{lineage.signOuts}</h3>
      <ul class="lineage__losses">
        {losses.map((loss) => (
          <li>
            <FullTime view={view} at={loss.ended?.at ?? loss.at} />: {wentText(view, loss)}
            <Cause view={view} generation={loss} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Cause({ view, generation }: { view: ViewContext; generation: Generation }) {
  const text = causeText(view.language, generation)
  return text && <span class="history__details quiet">{text}</span>
}

function Generations({ view, generations }: { view: ViewContext; generations: readonly Generation[] }) {
  const { account, actors, lineage } = view.t
  return (
    <table class="history lineage__table">
      <thead>
        <tr>
          <th scope="col">{account.when}</th>
          <th scope="col">{lineage.generation}</th>
          <th scope="col">{lineage.came}</th>
          <th scope="col">{lineage.went}</th>
        </tr>
      </thead>
      <tbody>
        {generations.map((generation) => (
          <tr>
            <td>{exactText(view, generation.at)}</td>
            <td>#{generation.generation}</td>
            <td>
              {personalText(view, beginningText(view.language, generation))}
              <span class="history__details quiet">{actors[generation.actor] ?? generation.actor}</span>
            </td>
            <td>{generation.ended ? wentText(view, generation) : lineage.current}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function wentText(view: ViewContext, generation: Generation): string {
  return personalText(view, endText(view.language, generation) ?? view.t.lineage.current)
}
