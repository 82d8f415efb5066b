/** What one refresh came to, as one sentence in four languages. */

import type { RefreshReason } from '../accounts/refresh-outcome.ts'
import type { Language } from './languages.ts'
import { fillTemplate } from './template.ts'

type Sentences = Record<RefreshReason['code'], string>

const TEXTS: Record<Language, Sentences> = {
  en: {
    refreshed: 'Refreshed. The new login was saved.',
    adopted: 'The CLI had refreshed it; its newer login was read from {path}.',
    still_fresh: 'Unchanged: it had been refreshed a moment ago.',
    transient: 'The provider could not be reached or asked to wait ({failureCode}). It is tried again by itself.',
    file_newer:
      'The file {path} holds a newer login, but nobody can confirm now whose it is. Nothing is spent until that is clear; using the CLI once helps.',
    cli_lock_busy:
      'A CLI holds {path}, as it does while it refreshes this login. Nothing was spent; it is tried again by itself.',
    cli_lock_refused:
      'A copy of this login lies with a CLI, and its lock {path} cannot be taken. Nothing is spent before it can be; settling who owns the login helps at once.',
    misconfigured:
      'The provider does not accept the request ({failureCode}). Check the provider’s settings; the login was left as it is.',
    unknown_outcome: 'The refresh was sent, but no whole answer came back. It is tried once more.',
    refused: 'The provider refused the login ({refusalCode}). Sign in again.',
    outcome_lost: 'The answer to an earlier refresh was lost, and the login cannot be continued. Sign in again.',
    restored: 'The refresh token kept here was not the newest: it had been used since, elsewhere. Sign in again.',
    key_reset: 'The encryption key was replaced, so the login kept here is gone. Sign in again.',
    moved_away: 'This login was moved to another machine. Sign in again to use the account here as well.',
    machine_retired:
      'The logins of this machine were moved to another one, so nothing is refreshed here. Sign in again on this machine to use it from here.',
    not_restored: 'The account was restored without its login. Sign in again.',
    no_refresh_token: 'There is no refresh token, so it cannot be refreshed.',
    cli_refreshes: 'The CLI owns this login and refreshes it in {path}.',
    nobody_refreshes: 'This token cannot be refreshed by anybody.',
    lease_held: 'Another Tokendeck is refreshing it now.',
    identity_changed: 'The answer was for another account. It was set aside and not used.',
    not_saved:
      'The provider’s answer is here but could not be saved yet. Saving is tried until it works; keep Tokendeck running.',
  },
  ja: {
    refreshed: '更新しました。新しいログインを保存しました。',
    adopted: 'CLI がすでに更新していたため、{path} から新しいログインを読み取りました。',
    still_fresh: '変更なし：直前に更新されています。',
    transient: 'プロバイダーに接続できないか、待つよう求められました（{failureCode}）。自動で再試行します。',
    file_newer:
      'ファイル {path} に新しいログインがありますが、誰のものか今は確認できません。はっきりするまで何も使いません。CLI を一度使うと確認できます。',
    cli_lock_busy:
      'CLI が {path} を保持しています（このログインを更新する間の動作です）。何も使っていません。自動で再試行します。',
    cli_lock_refused:
      'このログインの写しが CLI にあり、そのロック {path} を取得できません。取得できるまで何も使いません。所有者を決めればすぐに解決します。',
    misconfigured:
      'プロバイダーが要求を受け付けません（{failureCode}）。プロバイダーの設定を確認してください。ログインはそのままです。',
    unknown_outcome: '更新を送りましたが、完全な応答が戻りませんでした。もう一度だけ試します。',
    refused: 'プロバイダーがログインを拒否しました（{refusalCode}）。再サインインしてください。',
    outcome_lost: '以前の更新の応答が失われ、ログインを続けられません。再サインインしてください。',
    restored:
      'ここにあったリフレッシュトークンは最新ではなく、別の場所ですでに使われていました。再サインインしてください。',
    key_reset: '暗号鍵が取り替えられ、ここに保管したログインは失われました。再サインインしてください。',
    moved_away: 'このログインは別のマシンへ移動しました。ここでも使うには再サインインしてください。',
    machine_retired:
      'このマシンのログインは別のマシンへ移されたため、ここでは何も更新しません。ここで使うには、このマシンで再サインインしてください。',
    not_restored: 'アカウントはログインなしで復元されました。再サインインしてください。',
    no_refresh_token: 'リフレッシュトークンがないため更新できません。',
    cli_refreshes: 'このログインは CLI のもので、{path} で CLI が更新します。',
    nobody_refreshes: 'このトークンは誰にも更新できません。',
    lease_held: '別の Tokendeck が更新中です。',
    identity_changed: '応答は別のアカウントのものでした。使わずに保管しました。',
    not_saved:
      'プロバイダーの応答は届きましたが、まだ保存できません。成功するまで保存を試みます。Tokendeck を終了しないでください。',
  },
  zh: {
    refreshed: '已刷新，新的登录已保存。',
    adopted: 'CLI 已续期，从 {path} 读取了较新的登录。',
    still_fresh: '未变：刚刚已刷新过。',
    transient: '无法连接提供方，或对方要求等待（{failureCode}）。将自动重试。',
    file_newer: '文件 {path} 中有较新的登录，但目前无法确认它属于谁。确认之前不会使用任何令牌；用一次 CLI 有助于确认。',
    cli_lock_busy: 'CLI 正占用 {path}（它续期此登录时会这样）。未使用任何令牌，将自动重试。',
    cli_lock_refused:
      '此登录的副本在某个 CLI 中，而它的锁 {path} 无法取得。取得之前不会使用任何令牌；确定由谁持有此登录即可立即解决。',
    misconfigured: '提供方不接受该请求（{failureCode}）。请检查提供方设置；登录保持不变。',
    unknown_outcome: '刷新已发出，但没有收到完整回复。将再试一次。',
    refused: '提供方拒绝了此登录（{refusalCode}）。请重新登录。',
    outcome_lost: '先前一次刷新的回复丢失，登录无法继续。请重新登录。',
    restored: '这里保存的刷新令牌不是最新的，此后已在别处被使用。请重新登录。',
    key_reset: '加密密钥已更换，这里保存的登录已丢失。请重新登录。',
    moved_away: '此登录已迁移到另一台机器。若也要在这里使用，请重新登录。',
    machine_retired: '这台机器的登录已迁移到另一台机器，因此这里不刷新。要在这里使用，请在这台机器上重新登录。',
    not_restored: '账户已恢复，但不含登录。请重新登录。',
    no_refresh_token: '没有刷新令牌，无法刷新。',
    cli_refreshes: '此登录归 CLI 所有，由 CLI 在 {path} 中刷新。',
    nobody_refreshes: '此令牌谁也无法刷新。',
    lease_held: '另一个 Tokendeck 正在刷新。',
    identity_changed: '回复属于另一个账户，已另存且未使用。',
    not_saved: '已收到提供方的回复，但尚未能保存。会一直尝试保存，请保持 Tokendeck 运行。',
  },
  ko: {
    refreshed: '갱신했습니다. 새 로그인을 저장했습니다.',
    adopted: 'CLI가 이미 갱신했으므로 {path}에서 더 새로운 로그인을 읽었습니다.',
    still_fresh: '변경 없음: 방금 갱신되었습니다.',
    transient: '제공자에 연결할 수 없거나 기다리라고 했습니다({failureCode}). 자동으로 다시 시도합니다.',
    file_newer:
      '파일 {path}에 더 새로운 로그인이 있지만 누구의 것인지 지금은 확인할 수 없습니다. 확인될 때까지 아무것도 쓰지 않습니다. CLI를 한 번 쓰면 확인됩니다.',
    cli_lock_busy:
      'CLI가 {path}을(를) 잡고 있습니다(이 로그인을 갱신하는 동안 그렇습니다). 아무것도 쓰지 않았습니다. 자동으로 다시 시도합니다.',
    cli_lock_refused:
      '이 로그인의 사본이 CLI에 있는데 그 잠금 {path}을(를) 얻을 수 없습니다. 얻을 때까지 아무것도 쓰지 않습니다. 누가 소유할지 정하면 바로 해결됩니다.',
    misconfigured:
      '제공자가 요청을 받아들이지 않습니다({failureCode}). 제공자 설정을 확인하세요. 로그인은 그대로입니다.',
    unknown_outcome: '갱신을 보냈지만 온전한 응답을 받지 못했습니다. 한 번 더 시도합니다.',
    refused: '제공자가 로그인을 거부했습니다({refusalCode}). 다시 로그인하세요.',
    outcome_lost: '이전 갱신의 응답이 사라져 로그인을 이어 갈 수 없습니다. 다시 로그인하세요.',
    restored: '여기 있던 리프레시 토큰은 최신이 아니었고, 그 뒤 다른 곳에서 이미 쓰였습니다. 다시 로그인하세요.',
    key_reset: '암호화 키가 교체되어 여기에 보관한 로그인이 사라졌습니다. 다시 로그인하세요.',
    moved_away: '이 로그인은 다른 컴퓨터로 이동했습니다. 여기서도 쓰려면 다시 로그인하세요.',
    machine_retired:
      '이 컴퓨터의 로그인은 다른 컴퓨터로 옮겨졌으므로 여기서는 새로 고치지 않습니다. 여기서 쓰려면 이 컴퓨터에서 다시 로그인하세요.',
    not_restored: '계정이 로그인 없이 복원되었습니다. 다시 로그인하세요.',
    no_refresh_token: '리프레시 토큰이 없어 갱신할 수 없습니다.',
    cli_refreshes: '이 로그인은 CLI의 것이며 {path}에서 CLI가 갱신합니다.',
    nobody_refreshes: '이 토큰은 아무도 갱신할 수 없습니다.',
    lease_held: '다른 Tokendeck이 지금 갱신하고 있습니다.',
    identity_changed: '응답이 다른 계정의 것이었습니다. 쓰지 않고 따로 보관했습니다.',
    not_saved: '제공자의 응답은 왔지만 아직 저장하지 못했습니다. 될 때까지 저장을 시도합니다. Tokendeck을 끄지 마세요.',
  },
}

/**
 * The sentence for what a refresh came to. Plain text: whoever shows it escapes it.
 *
 * Units:  now in epoch milliseconds
 * Errors: none; total
 */
export function refreshReasonText(language: Language, reason: RefreshReason, now: number): string {
  return fillTemplate(language, TEXTS[language][reason.code], reason.params, now)
}
