/** Texts of a new encryption key, in Japanese. */

import type { keyRotationEn } from './ui-en-key-rotation.ts'

export const keyRotationJa: typeof keyRotationEn = {
  keyRotation: {
    why: '新しい鍵は、年に一度、または今の鍵を誰かに読まれたおそれがあるときに作ります。',
    how: 'ここで封をしたものすべてを新しい鍵で封をし直します。その間もアカウントは更新されます。途中で止まっても、古い鍵の封がなくなるまでどちらの鍵でも開けます。',
    keep: '古い鍵の保管',
    keepFor: {
      '30': '30 日間',
      '90': '90 日間',
      '365': '1 年間',
      always: '自分で破棄するまで',
      '0': '保管しない（次の起動時に破棄）',
    },
    keepHint:
      '以前に作ったデータベースのバックアップは、古い鍵でしか開けません。ホームにあるものは、その鍵と一緒に削除されます。',
    othersStopped:
      'このデータベースを共有する他のマシンでは Tokendeck をすべて停止しました。その後、それぞれに新しい鍵が必要です（ここで「tokendeck key export」、向こうで「tokendeck key import」）。',
    start: '新しい鍵を作る',
    underWay: '新しい鍵に替えています。開始：',
    lookAgain: 'もう一度見る',
    done: (from: string, to: string) => `鍵は ${from} から ${to} に替わりました`,
    finished: (from: string, to: string) =>
      `${from} から ${to} への変更は途中で止まっていましたが、完了しました。新たな鍵は作っていません`,
    resealed: (count: number) => `${count} 件の封をし直しました。`,
    left: (count: number) => `あと ${count} 件は使用中です。自動的に封をし直します。`,
    unreadable: (count: number, from: string) =>
      `${count} 件はどの鍵でも開きません。そのまま残し、${from} も保管します。`,
    newKit: '古い鍵の復旧キットはもう役に立ちません。「tokendeck key export」で作り直してください。',
    former: '以前の鍵',
    emptied: 'この鍵の封はもうありません。',
    notEmptied: 'まだこの鍵の封が残っています。',
    keptAlways: '誰かが破棄するまで保管します。',
    destroyedAfter: '次の日時以降の最初の起動時に破棄：',
  },
}
