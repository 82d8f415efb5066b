/** Refusals of switching, custody and profiles in Japanese. */

import type { ErrorTexts } from '../errors.ts'
import type { switchingEn } from './en-switching.ts'

export const switchingJa: Pick<ErrorTexts, keyof typeof switchingEn> = {
  place_of_tool: [
    '別のツールのファイルです',
    '{path} は {tool} のものです。Tokendeck はそのファイルを読むだけで書き込まないため、何も変更していません。取り込みの画面で引き継ぐか、{tool} 自身を使ってください。',
  ],
  custody_no_copy: [
    '写しはありません',
    '{path} にはこのログインの写しがもうありません。何も変更していません。写しの一覧をもう一度確認してください。',
  ],
  custody_copy_older: [
    'このファイルのトークンは使用済みです',
    '{path} のログインは、その後ほかの場所で更新されました。CLI が古いトークンを使うと、すべてのログインが終了します。Tokendeck の所有にしてから、CLI でこのアカウントを有効にしてください。',
  ],
  custody_newer_elsewhere: [
    '別のファイルに最新のトークンがあるかもしれません',
    '{path} に、ここでは知られていないトークンがあり、最新の可能性があります。そのファイルを選ぶか、Tokendeck の所有にして最新のものを読み取ってください。何も変更していません。',
  ],
  custody_copy_doubtful: [
    'ファイルの内容を確認できません',
    '{path} のログインがこのアカウントの最新かどうか、今は確認できませんでした。CLI を一度使うか、別々にサインインしてください。ファイルはそのままです。',
  ],
  custody_elsewhere: [
    '写しは別のマシンにあります',
    '{path} はここから変更できません。そのマシンの Tokendeck で解決するか、別々にサインインしてください。何も変更していません。',
  ],
  profile_not_found: [
    'プロファイルがありません',
    'このマシンにこのプロファイルはありません。削除された可能性があります。',
  ],
  profile_in_use: [
    'プロファイルは使用中です',
    '{usedBy} が {path} で動いています。終了してからもう一度お試しください。',
  ],
  profile_login_elsewhere: [
    'CLI が別のディレクトリでこのログインを保持しています',
    '{account} のログインは {path} にあります。同じログインを二つのディレクトリに置くことはできません。先に Tokendeck に戻すか、CLI で別にサインインしてください。',
  ],
  profile_login_unknown: [
    'ログインが失われます',
    '{path} には、どのアカウントでも使われていないログイン（{identity}）があります。先に取り込むか、失われてもよいことを示してください。',
  ],
  profile_has_login: [
    'すでにログインがあります',
    'CLI のサインインは {path} にあるログインを終わらせます。何も開始していません。新しいサインインを始めて、新しいプロファイルを使ってください。',
  ],
  activation_unsupported: [
    '有効化できる場所がありません',
    '{provider} の CLI がログインを保存する、Tokendeck の知っているディレクトリーがこのマシンにありません。',
  ],
  activation_conflict: [
    'ログインが二か所にあります',
    '{account} はここで更新されていますが、ファイルにもコピーがあります。先に解決してください。アカウントのページにコピーの場所が表示されます。何も変更していません。',
  ],
  activation_uncertain: [
    'ログインが有効か確認できません',
    '{account} の最新のトークンがまだ使えるかわかりません。先にここで更新するか、返却してから有効化してください。何も変更していません。',
  ],
  activation_elsewhere: [
    '別のディレクトリーで CLI が保持しています',
    '{account} は CLI が {path} で保持しています。二つ目のコピーを作ると、次の更新でどちらかが無効になります。そこで使うか、先に返却してから有効化してください。何も変更していません。',
  ],
  activation_current: ['すでに有効です', 'CLI はすでに {path} で {account} を保持しています。'],
  activation_not_held: [
    'CLI は保持していません',
    '{account} を保持している CLI はないため、返却するものがありません。',
  ],
  activation_incomplete: [
    'CLI が受け付けません',
    '{account} のログインには CLI に必要なもの（{detail}）がありません。ここで再サインインしてから有効化してください。何も変更していません。',
  ],
  activation_outgoing_doubtful: [
    '今あるログインは誰のものですか',
    '{path} には、今は確認できない新しいログインがあり、失われるおそれがあります。プロバイダーに接続できるときにやり直してください。何も変更していません。',
  ],
  activation_empty: ['ログインがありません', '{path} にはログインがないため、取り出すものがありません。'],
  activation_changed: [
    'ファイルが変わり続けています',
    '別のプログラムが {path} に書き込み続けています。実行中の CLI を閉じてやり直してください。何も変更していません。',
  ],
  activation_overwritten: [
    '別のプログラムが変更しました',
    '切り替えの直後に、別のプログラムが {path} に {actual} のログインを書き込みました。今はそれが入っています。',
  ],
  activation_not_verified: [
    '元に戻しました',
    '{account} のはずが、CLI は {actual} と答えました。以前の内容に戻してあります。',
  ],
  activation_not_rolled_back: [
    '確認できず、元にも戻せませんでした',
    'CLI は {account} を確認せず、{path} を自動で元に戻せませんでした。切り替えを取り消すか、ファイルを確認してください。',
  ],
  place_busy: [
    'CLI が使用中です',
    'CLI が {path} のロックを保持しています（{holder}）。ログインを更新中かもしれません。少し待ってやり直してください。何も変更していません。',
  ],
  place_lock_unsupported: [
    'ロックできません',
    'このシステムでは {path} のファイルをロックできないため、変更しません。',
  ],
  place_unusual: [
    '通常と異なるファイルです',
    '{path} は、何かを失わずに編集できません（{detail}）。何も変更していません。',
  ],
  backup_not_found: ['そのバックアップはありません', '30 日より古いか、別のマシンのものかもしれません。'],
  backup_nothing_to_undo: [
    '取り消すものがありません',
    'このマシンには、過去 30 日間で取り消せる切り替えが残っていません。',
  ],
  backup_previous_gone: [
    '以前の内容はもう有効ではありません',
    '{path} にあったログインはその後更新され、アカウントも削除されています。古いトークンを戻すとサインアウトされるため、何も変更していません。',
  ],
}
