/** Why a provider may have ended a login, in words: its codes say what it saw, not what a person wants to know. */

import type { Generation } from '../accounts/lineage.ts'
import type { Language } from './languages.ts'

type Cause = 'reused' | 'invalidated' | 'expired' | 'lost'

/** Codes of refusals and what they tell. `invalid_grant` tells nothing more. */
const CAUSES: Record<string, Cause> = {
  refresh_token_reused: 'reused',
  refresh_token_invalidated: 'invalidated',
  refresh_token_expired: 'expired',
  token_expired: 'expired',
}

const TEXTS: Record<Language, Record<Cause, string>> = {
  en: {
    reused:
      'The provider had seen this refresh token before. Another program with a copy of the login used it, or an answer never arrived; see who holds copies above.',
    invalidated:
      'The provider took the whole login back: signed out elsewhere, “sign out everywhere”, a new password, an administrator, or because a copy used an older token of it; see who holds copies above.',
    expired: 'The login had grown too old for the provider, by its age or for want of use.',
    lost: 'A refresh was sent and its answer never arrived here, so the new token is with nobody.',
  },
  ja: {
    reused:
      'プロバイダーはこのリフレッシュトークンをすでに見ていました。ログインの写しを持つ別のプログラムが使ったか、応答が届かなかったためです。写しの所有者は上をご覧ください。',
    invalidated:
      'プロバイダーがログイン全体を取り消しました。別の場所や全端末でのサインアウト、パスワードの変更、管理者、または写しが古いトークンを使ったためです。写しの所有者は上をご覧ください。',
    expired: 'ログインの期間が過ぎたか、長く使われなかったため、プロバイダーにとって古くなりすぎました。',
    lost: '更新を送りましたが応答がここに届かず、新しいトークンは誰の手元にもありません。',
  },
  zh: {
    reused: '提供方此前已见过这个刷新令牌：持有此登录副本的另一个程序用过它，或某次回复未能到达。谁持有副本请见上方。',
    invalidated:
      '提供方收回了整个登录：在别处或所有设备上退出、更改密码、管理员操作，或某个副本使用了它的旧令牌。谁持有副本请见上方。',
    expired: '因登录时间过长或长期未使用，提供方认为它已过旧。',
    lost: '刷新已发出，但回复未能到达这里，新令牌不在任何人手中。',
  },
  ko: {
    reused:
      '제공자는 이 리프레시 토큰을 이미 본 적이 있습니다. 로그인 사본을 가진 다른 프로그램이 썼거나 응답이 도착하지 않았습니다. 누가 사본을 가졌는지는 위를 보세요.',
    invalidated:
      '제공자가 로그인 전체를 거두었습니다. 다른 곳이나 모든 기기에서 로그아웃, 비밀번호 변경, 관리자, 또는 사본이 옛 토큰을 썼기 때문입니다. 누가 사본을 가졌는지는 위를 보세요.',
    expired: '로그인한 지 오래되었거나 오래 쓰지 않아 제공자에게는 너무 오래되었습니다.',
    lost: '갱신을 보냈지만 응답이 여기에 도착하지 않아 새 토큰은 누구에게도 없습니다.',
  },
}

/** The cause of a generation's end as far as the provider told it; null where it did not. */
export function causeText(language: Language, { ended }: Pick<Generation, 'ended'>): string | null {
  if (ended === null) return null
  if (ended.how === 'lost' && ended.why !== 'key_reset') return TEXTS[language].lost
  const cause = ended.how === 'refused' && ended.why !== null && Object.hasOwn(CAUSES, ended.why) && CAUSES[ended.why]
  return cause ? TEXTS[language][cause] : null
}
