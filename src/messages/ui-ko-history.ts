/** Texts of the history of use, of how forecasts did, and of counted transcripts, in Korean. */

import type { historyEn } from './ui-en-history.ts'

export const historyKo: typeof historyEn = {
  usageHistory: {
    title: '90일 사용량',
    nav: '사용량',
    together: '모든 계정의 사용량',
    none: '아직 읽은 값이 없습니다.',
    chart: (window) => `${window}: 지난 90일의 사용량입니다. 같은 수치가 표에도 있습니다.`,
    chartOf: (account, window, highest) => `${account}, ${window}: 지난 90일의 사용량, 최고 ${highest}`,
    table: (window) => `${window} 표로 보기`,
    legend: {
      use: '사용량',
      reset: '초기화',
      ranOut: '소진',
      held: '예측대로 됨',
      missed: '예측과 다름',
    },
    columns: {
      account: '계정',
      course: (from, until) => `사용량, ${from}~${until}`,
      now: '현재',
      reset: '초기화',
      highest: '최고',
      ranOut: '소진',
      foretold: '예측',
      linear: '직선 추정',
      band: '예측 범위',
    },
    highest: (percent) => `최고 ${percent}`,
    lasts: '충분함',
    lasted: '소진되지 않음',
    band: (from, until) => `${from}~${until} 사이`,
    openBand: (from) => `${from} 이후, 또는 소진되지 않음`,
    saidAt: (when) => `${when}에 예측`,
    bandHeld: '적중',
    bandMissed: '벗어남',
    noRecord: '결과가 나온 예측이 아직 없습니다.',
    noBands: '시각을 제시한 예측이 아직 없습니다.',
    held: (held, bands) => `예측 ${bands}건 중 ${held}건이 범위 안에 들었습니다. 목표는 다섯 건 중 네 건입니다.`,
    errors: (own, linear) => `평균 오차는 ${own}, 직선 추정의 오차는 ${linear}입니다.`,
    heldShort: (held, bands, errors) => `${bands}회 중 ${held}회 범위 적중, ${errors}`,
    errorsShort: (own, linear) => `평균 오차 ${own}, 직선 ${linear}`,
    elsewhere: (low, high) => `이 한도의 최소 ${low}, 최대 ${high}는 다른 곳(다른 컴퓨터, 웹, 앱)에서 사용되었습니다.`,
    explained: (high) => `이 한도의 사용량은 모두 이 컴퓨터로 설명됩니다. 다른 곳에서 사용된 양은 최대 ${high}입니다.`,
    cannotTell: {
      no_transcripts: '다른 곳에서 사용되었는지 알 수 없습니다. 이 컴퓨터의 CLI에 이 계정의 기록이 없습니다.',
      short_history: '다른 곳에서 사용되었는지 아직 알 수 없습니다. 집계된 시간이 너무 적습니다.',
      nothing_used: '이 한도의 사용량이 너무 적어 다른 곳에서 사용되었는지 알 수 없습니다.',
    },
    transcripts: {
      title: '다른 곳에서의 사용',
      hint: 'CLI는 답변마다 쓴 토큰 수를 이 컴퓨터에 기록합니다. 이 수를 제공자의 집계와 비교하여 다른 곳에서 사용된 양을 보여 줍니다. 숫자만 읽고 보관하며 대화 내용은 다루지 않습니다. 끄면 집계가 지워집니다.',
      count: 'CLI 기록의 토큰 수 집계',
    },
  },
}
