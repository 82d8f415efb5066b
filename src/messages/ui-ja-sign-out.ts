/** Texts of removing an account and of signing out at a provider, in Japanese. */

import type { signOutEn } from './ui-en-sign-out.ts'

export const signOutJa: typeof signOutEn = {
  removal: {
    title: (account) => `${account} を削除`,
    lead: 'ここにあるトークンは消えます。起きたことは履歴に残ります。',
    forget: 'ここでだけ忘れる',
    forgetHint: 'このマシンのデータベースからトークンを消します。ログインは終わりません。ほかの写しは使えます。',
    forgetCli: 'ファイルの見守りをやめます。CLI はサインインしたままです。',
    revoke: 'プロバイダーでサインアウト',
    reach: {
      login: '写しを持つすべての場所でログインを終わらせ、ここからも削除します。',
      access_token:
        'ここにあるのはアクセストークンだけです。プロバイダーにそのトークンの失効を求めます。元のログインは続きます。',
      setup_token:
        'このセットアップトークンの失効をプロバイダーに求めます。使っているスクリプトやマシンは動かなくなります。',
      not_supported:
        'このプロバイダーはプログラムからのサインアウトを受け付けません。ここで忘れ、プロバイダー側でセッションを終了してください。',
      key_reset:
        'トークンは以前の暗号鍵とともに失われたため、プロバイダーに求められません。プロバイダー側でセッションを終了してください。',
    },
    persists: 'プロバイダーがすぐに応じられないときは、7 日間くり返し求めます。',
    uncertain:
      '前回の更新の結果が分かりません。このサインアウトでは指せない、より新しいトークンが発行されているかもしれません。',
    breaks: '次の場所もサインアウトされます：',
    noCopies: 'このログインのほかの写しは知られていません。',
    kinds: {
      cli_file: 'CLI のファイル',
      profile: 'プロファイル',
      machine: 'マシン',
      export: 'エクスポート',
      backup: 'バックアップ',
    },
    onMachine: (machine) => `${machine} 上`,
    usedBy: (programs) => `${programs} が使用中`,
    secondYes: 'はい、そこでも終了させます。使っている側は再サインインが必要になります。',
    activeIn: (cli) => `いま ${cli} がこのアカウントでサインインしています。`,
    confirmForget: 'アカウントを忘れる',
    confirmRevoke: 'サインアウトして削除',
  },
  revocations: {
    title: 'プロバイダーでのサインアウト',
    account: (account, provider) => `${account}（${provider}）`,
    pending: 'まだ確認されていません。ログインはプロバイダー側で有効なままです。',
    nextTry: '次の試行',
    givesUp: '打ち切り',
    confirmed: 'プロバイダーがサインアウトを確認しました。',
    not_confirmed: (provider) =>
      `打ち切りました。ログインはまだ有効かもしれません。${provider} 側でセッションを終了してください。`,
    tryNow: '今すぐ試す',
    stop: '試行を中止',
    dismiss: '閉じる',
    stopHint:
      '中止すると、ログインはプロバイダーで有効なまま残り、ここのトークンは破棄されます。セッションはプロバイダー側で終了してください。',
    tries: (count) => `${count} 回試行`,
  },
}
