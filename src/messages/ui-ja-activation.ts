/** Texts of handing an account to a CLI, and undoing it, in Japanese. */

import type { activationEn } from './ui-en-activation.ts'

export const activationJa: typeof activationEn = {
  activation: {
    activate: '有効化',
    activateOf: (name: string) => `有効化：${name}`,
    giveBack: 'CLI から返してもらう',
    title: (name: string, cli: string) => `${cli} で ${name} を有効化`,
    titleClear: (cli: string) => `${cli} のログインを空にする`,
    titleBack: (name: string) => `${name} を CLI から返してもらう`,
    lead: 'ログインを CLI に渡します。以後は CLI だけが更新します。今ある内容は 30 日間バックアップされます。',
    leadClear: 'CLI のファイルからログインを取り出し、再びここで更新します。プロバイダーでは何も取り消しません。',
    place: 'ディレクトリー',
    now: '今の内容',
    after: '切り替え後',
    nobody: 'ログインなし',
    fates: {
      returns: 'Tokendeck に戻り、再びここで更新されます',
      welcomed: 'まだ Tokendeck にないため、アカウントとして保存されます',
      backup_only: 'バックアップにだけ 30 日間保存されます',
    },
    refreshedFirst: 'アクセストークンの期限が近いため、渡す前に更新します。',
    changes: '変更点',
    newFile: '新しいファイル',
    removedFile: 'ファイルを削除',
    acts: {
      add: '追加',
      change: '変更',
      remove: '削除',
    },
    keysOnly: '変わるのはこれらのキーだけで、ほかは 1 バイトも変わりません。値は表示しません。',
    warnings: {
      variable_set: (p: Record<string, string>) =>
        `Tokendeck の環境に変数 ${p.name} が設定されています。ターミナルでも設定されていると、そこの CLI はこのログインを使いません。`,
      setting_outranks: (p: Record<string, string>) =>
        `${p.path} の ${p.name} がこのログインより優先され、CLI はそちらを使い続けます。`,
      login_not_in_file: (p: Record<string, string>) =>
        `${p.path} に ${p.name} とあり、CLI は別の場所でログインを探すかもしれません。`,
      cli_running: (p: Record<string, string>) =>
        `実行中：${p.programs}。再起動するまで開始時のアカウントを使い続け、更新中の可能性もあります。`,
      running_unknown: () =>
        'このシステムでは、どのプログラムが実行中か分かりません。すでに実行中のものは、再起動するまで開始時のアカウントを使い続けます。',
    },
    refused: '現在の状態では受け付けられません。',
    confirm: '有効化',
    confirmClear: 'ログインを取り出す',
    working: '切り替えて確認しています…',
    done: (name: string) => `${name} であることを確認しました`,
    doneBy: {
      cli: 'CLI 自身の回答です。',
      file: 'ファイルを読み直して確認しました。CLI がないか、問い合わせできませんでした。',
    },
    doneClear: '空になりました。ログインは再びここで更新されます。',
    doneRestored: (name: string) => `取り消しました：${name} に戻りました`,
    doneRestoredNone: '取り消しました：以前の内容に戻りました',
    exact: 'すべてのバイトが元のままです。',
    merged: 'その後に変更があったため、最新のトークンでログインだけを戻しました。',
    undo: '取り消す',
    undoOf: (name: string) => `${name} への切り替えを取り消す`,
    undoUntil: (when: string) => `${when} まで取り消せます。`,
    nobodyRuns: 'ログインなし',
    unknownLogin: 'Tokendeck にないログイン',
    profileTag: 'プロファイル',
    usedBy: (programs: string) => `${programs} が使用中`,
    idle: '実行されていません',
    usersUnknown: 'このシステムでは実行中かどうか分かりません',
    addIt: '追加する',
    empty: '空にする',
    emptyOf: (cli: string) => `${cli} のログインを空にする`,
    backups: '過去 30 日間の切り替え',
    noBackups: '過去 30 日間に切り替えはありません。',
    from: '前',
    to: '後',
    when: '日時',
    restored: '取り消し済み',
    isUndo: '取り消し操作',
    files: 'ファイル',
    act: '操作',
    lastUndo: '最後の切り替えを取り消す',
  },
}
