/** Texts of the history of use, of how forecasts did, and of counted transcripts, in Chinese. */

import type { historyEn } from './ui-en-history.ts'

export const historyZh: typeof historyEn = {
  usageHistory: {
    title: '90 天用量',
    nav: '用量',
    together: '所有账户的用量',
    none: '尚未读取到任何数据。',
    chart: (window) => `${window}：过去 90 天的用量。表格中有相同的数字。`,
    chartOf: (account, window, highest) => `${account}，${window}：过去 90 天的用量，最高 ${highest}`,
    table: (window) => `以表格查看${window}`,
    legend: {
      use: '用量',
      reset: '重置',
      ranOut: '用尽',
      held: '预测应验',
      missed: '预测落空',
    },
    columns: {
      account: '账户',
      course: (from, until) => `用量，${from}至${until}`,
      now: '当前',
      reset: '重置',
      highest: '最高',
      ranOut: '用尽',
      foretold: '预测',
      linear: '直线推算',
      band: '预测区间',
    },
    highest: (percent) => `最高 ${percent}`,
    lasts: '够用',
    lasted: '未用尽',
    band: (from, until) => `${from} 至 ${until} 之间`,
    openBand: (from) => `${from} 之后，或不会用尽`,
    saidAt: (when) => `预测于 ${when}`,
    bandHeld: '命中',
    bandMissed: '未命中',
    noRecord: '还没有到期的预测。',
    noBands: '还没有给出时刻的预测。',
    held: (held, bands) => `${bands} 次预测中有 ${held} 次落在区间内；目标是五次中四次。`,
    errors: (own, linear) => `平均偏差为 ${own}，直线推算的偏差为 ${linear}。`,
    heldShort: (held, bands, errors) => `${bands} 次中 ${held} 次落在区间内；${errors}`,
    errorsShort: (own, linear) => `平均偏差 ${own}，直线推算 ${linear}`,
    elsewhere: (low, high) => `此额度至少有 ${low}、至多有 ${high} 是在别处使用的：其他机器、网页或应用。`,
    explained: (high) => `本机足以解释此额度的全部用量；至多有 ${high} 来自别处。`,
    cannotTell: {
      no_transcripts: '无法判断是否有一部分在别处使用：本机的 CLI 没有此账户的记录。',
      short_history: '暂时无法判断是否有一部分在别处使用：统计的时间还太少。',
      nothing_used: '此额度用得太少，无法判断是否有一部分在别处使用。',
    },
    transcripts: {
      title: '别处的用量',
      hint: 'CLI 会在本机记下每次回答消耗的令牌数。把这些数字与提供方的统计相比，即可看出有多少是在别处使用的。只读取并保存数字，绝不涉及对话内容。关闭后会清除这些数字。',
      count: '统计 CLI 记录中的令牌数',
    },
  },
}
