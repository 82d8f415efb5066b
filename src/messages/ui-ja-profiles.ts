/** Texts of directories of their own for accounts, in Japanese. */

import type { profilesEn } from './ui-en-profiles.ts'

export const profilesJa: typeof profilesEn = {
  profiles: {
    title: 'プロファイル',
    all: 'プロファイル',
    lead: 'アカウントごとに専用のログインを置くディレクトリです。複数のアカウントを並べて使えます。',
    none: 'このマシンにプロファイルはありません。',
    why: 'プロファイルを使うと、あるターミナルではこのアカウント、別のターミナルでは別のアカウントで CLI を動かせます。ログインはそこへ移り、以後は Tokendeck ではなく CLI が更新します。',
    elsewhere:
      'CLI が別のディレクトリでこのログインを保持しています。先に Tokendeck に戻すと、プロファイルを作成できます。',
    unable: 'このログインにはリフレッシュトークンがないため、CLI では維持できません。',
    share: 'メインのホームと共有するもの',
    kinds: {
      settings: '設定（認証情報を除いた写し）',
      instructions: '指示（写し）',
      commands: 'コマンド',
      agents: 'エージェント',
      skills: 'スキル',
      history: '会話の履歴',
    },
    make: 'プロファイルを作成',
    directory: 'ディレクトリ',
    run: 'CLI を実行',
    copyCommand: 'コマンドをコピー',
    usedBy: (names: string) => `${names} が使用中`,
    usersUnknown: '使用中かどうか、このシステムでは分かりません',
    sharedNow: (names: string) => `共有：${names}`,
    holds: 'ログインを保持',
    nobody: 'アカウントなし',
    remove: '削除',
    removeOf: (directory: string) => `${directory} を削除`,
    removeTitle: 'プロファイルを削除',
    returned: (identity: string) => `先にログイン（${identity}）が最新のトークンとともに Tokendeck に戻ります。`,
    noLogin: 'ログインはありません。',
    lost: (identity: string) =>
      `どのアカウントでも使われていないログイン（${identity}）があり、失われます。残すには先に取り込んでください。`,
    loseIt: 'はい、このログインは失われてもかまいません',
    contents: (files: number, size: string) =>
      `${files} 個のファイル（${size}）が一緒に削除されます。このプロファイルでの CLI の履歴も含まれます。メインのホームと共有しているものは残ります。`,
    inUse: (names: string) => `${names} が使用中です。先に終了してください。`,
    mayBeInUse:
      'ここで CLI が動いているかどうか、このシステムでは分かりません。動いていれば先に終了してください。ログインが失われます。',
    homes: {
      title: 'ほかのホーム',
      hint: 'CLI のログインを次のディレクトリでも探します。ホーム、または CLI 自身のディレクトリを一行に一つ書いてください。Windows の中で動くシステムでは Windows のホームも自動で探します。config.toml にも書けます。',
      label: 'ディレクトリ',
    },
    cli: {
      running: (cli: string) => `${cli} が新しいプロファイルでサインインしています。出力：`,
      silent: 'まだ何も出力されていません。',
      absent: (cli: string) => `Tokendeck が探す場所に ${cli} がないため、ご自身で実行してください：`,
      idle: (cli: string) => `${cli} は動いていません。開始するか、ターミナルで次を実行してください：`,
      ended: (cli: string, code: number) => `${cli} はコード ${code} で終了し、ログインは見つかりませんでした。`,
      endedWell: (cli: string) => `${cli} は完了しました。ログインを取り込んでいます。`,
      stopped: (cli: string) => `${cli} を終了しました。`,
      output: (cli: string) => `${cli} の出力`,
      start: (cli: string) => `${cli} を開始`,
      again: (cli: string) => `${cli} をもう一度開始`,
      code: 'ブラウザーに表示されたコード',
      codeHint: '最後のページにコードが表示されたら、ここに貼り付けてください。CLI に渡すだけで、保存されません。',
      send: 'CLI に送る',
      lookAgain: 'もう一度見る',
    },
  },
}
