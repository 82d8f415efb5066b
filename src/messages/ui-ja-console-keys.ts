/** Texts of API keys made through a login, in Japanese. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysJa: typeof consoleKeysEn = {
  consoleKeys: {
    title: 'API キー',
    lead: 'このログインは組織の API キーを作成できます。',
    none: 'ここで作成したものはありません。',
    create: 'API キーを作成',
    createTitle: (account: string) => `${account} で API キーを作成`,
    consequence:
      'プロバイダーですぐに新しいキーが作成されます。利用分はサブスクリプションではなく、組織の API アカウントに課金されます。Console で誰かが削除するまで有効で、ここで一覧から消しても、サインアウトしても無効になりません。',
    name: '自分用の名前',
    nameHint: 'ここだけで表示されます。プロバイダー側の名前は別に付きます。',
    keep: '後で読み出せるよう、暗号化してここに保存する',
    keepHint: '保存しない場合、次のページで一度だけ表示され、二度と表示されません。',
    confirm: '課金されること、Console で削除するまで有効であることを理解しました。',
    confirmCreate: 'キーを作成する',
    made: 'キーを作成しました',
    madeOnce: '今コピーしてください。保存されておらず、再表示できません。',
    madeKept: '今コピーするか、後でアカウントのページから読み出してください。',
    shown: 'この表示は履歴に記録されました。',
    key: 'API キー',
    copy: 'キーをコピー',
    console: 'Console でキーを見る',
    ending: (hint: string) => `末尾 ${hint}`,
    uncertain: '作成されたか不明です。Console で確認してください。',
    kept: '保存済み',
    notKept: '保存なし',
    reveal: '表示',
    revealOf: (name: string) => `キー ${name} を表示`,
    forget: '一覧から消す',
    forgetOf: (name: string) => `キー ${name} を一覧から消す`,
    forgetHint: '一覧から消してもキーは削除されません。削除は Console で行ってください。',
    back: 'アカウントに戻る',
    variants: { console: 'Console にサインイン' },
    variantHints: {
      console:
        'API を従量課金で使う組織向けです。このログインは API キーを作成でき、サブスクリプションの上限はありません。',
    },
    needsClient: {
      lead: (provider: string) =>
        `${provider} にはクライアント ID が必要で、Tokendeck には付属していません。一度だけ、数分で済みます:`,
      register: 'OAuth アプリを登録し、デバイス フローを有効にする',
      write: 'そのクライアント ID を config.toml に書く:',
      restart: 'Tokendeck を再起動する。',
    },
  },
}
