/** Texts of the history of use, of how forecasts did, and of counted transcripts, in Japanese. */

import type { historyEn } from './ui-en-history.ts'

export const historyJa: typeof historyEn = {
  usageHistory: {
    title: '90日間の使用量',
    nav: '使用量',
    together: '全アカウントの使用量',
    none: 'まだ何も読み取られていません。',
    chart: (window) => `${window}：過去90日間の使用量。同じ数値は表にもあります。`,
    chartOf: (account, window, highest) => `${account}、${window}：過去90日間の使用量、最高${highest}`,
    table: (window) => `${window}を表で見る`,
    legend: {
      use: '使用量',
      reset: 'リセット',
      ranOut: '使い切った時点',
      held: '予測どおり',
      missed: '予測から外れた',
    },
    columns: {
      account: 'アカウント',
      course: (from, until) => `使用量（${from}〜${until}）`,
      now: '現在',
      reset: 'リセット',
      highest: '最高',
      ranOut: '使い切り',
      foretold: '予測',
      linear: '直線',
      band: '予測幅',
    },
    highest: (percent) => `最高${percent}`,
    lasts: '足りる',
    lasted: '足りた',
    band: (from, until) => `${from}〜${until}の間`,
    openBand: (from) => `${from}以降、または使い切らない`,
    saidAt: (when) => `${when}時点の予測`,
    bandHeld: '範囲内',
    bandMissed: '範囲外',
    noRecord: '結果が出た予測はまだありません。',
    noBands: '時刻を示した予測はまだありません。',
    held: (held, bands) => `${bands}件の予測のうち${held}件が予測幅に収まりました（目標は5件中4件）。`,
    errors: (own, linear) => `平均のずれは${own}、直線による予測では${linear}でした。`,
    heldShort: (held, bands, errors) => `${bands}件中${held}件が予測幅の内。${errors}`,
    errorsShort: (own, linear) => `平均のずれ${own}（直線${linear}）`,
    elsewhere: (low, high) =>
      `この枠の少なくとも${low}、最大${high}は、別の場所（ほかのマシン、ウェブ、アプリ）で使われました。`,
    explained: (high) => `この枠の使用量はすべてこのマシンで説明できます。別の場所での使用は最大でも${high}です。`,
    cannotTell: {
      no_transcripts:
        '別の場所で使われたかどうかは判断できません。このマシンのCLIには、このアカウントの記録がありません。',
      short_history: '別の場所で使われたかどうかはまだ判断できません。集計した時間が足りません。',
      nothing_used: 'この枠の使用量が少なく、別の場所で使われたかどうかは判断できません。',
    },
    transcripts: {
      title: '別の場所での使用',
      hint: 'CLIは、各応答に使ったトークン数をこのマシンに記録しています。この数をプロバイダーの集計と比べ、別の場所で使われた分を示します。読み取り、保存するのは数だけで、会話の内容は対象になりません。オフにすると、集計は消去されます。',
      count: 'CLIの記録からトークン数を集計する',
    },
  },
}
