/** Texts of a new encryption key, in Korean. */

import type { keyRotationEn } from './ui-en-key-rotation.ts'

export const keyRotationKo: typeof keyRotationEn = {
  keyRotation: {
    why: '새 키는 1년에 한 번, 또는 누군가 지금 키를 읽었을지 모를 때 만드세요.',
    how: '여기에 봉인된 모든 것을 새 키로 다시 봉인하며, 그동안에도 계정은 계속 갱신됩니다. 언제 중단되어도 괜찮습니다. 옛 키로 봉인된 것이 남지 않을 때까지 두 키 모두로 열립니다.',
    keep: '옛 키 보관',
    keepFor: {
      '30': '30일 동안',
      '90': '90일 동안',
      '365': '1년 동안',
      always: '내가 파기할 때까지',
      '0': '보관하지 않음: 다음 시작 때 파기',
    },
    keepHint: '이전에 만든 데이터베이스 백업은 옛 키로만 열립니다. 홈에 있는 백업은 그 키와 함께 삭제됩니다.',
    othersStopped:
      '이 데이터베이스를 함께 쓰는 다른 모든 컴퓨터에서 Tokendeck을 멈췄습니다. 그 뒤 각 컴퓨터에 새 키가 필요합니다(여기서 “tokendeck key export”, 저쪽에서 “tokendeck key import”).',
    start: '새 키 만들기',
    underWay: '새 키로 바꾸는 중입니다. 시작:',
    lookAgain: '다시 보기',
    done: (from: string, to: string) => `키가 ${from}에서 ${to}(으)로 바뀌었습니다`,
    finished: (from: string, to: string) =>
      `${from}에서 ${to}(으)로의 변경이 중단되어 있었으나 이제 끝났습니다. 다른 키는 만들지 않았습니다`,
    resealed: (count: number) => `${count}개를 다시 봉인했습니다.`,
    left: (count: number) => `${count}개는 지금 쓰이고 있으며, 자동으로 다시 봉인됩니다.`,
    unreadable: (count: number, from: string) =>
      `${count}개는 어떤 키로도 열리지 않습니다. 그대로 두었고 ${from}도 보관합니다.`,
    newKit: '옛 키의 복구 키트는 더 이상 쓸모가 없습니다. “tokendeck key export”로 새로 만드세요.',
    former: '이전 키',
    emptied: '이 키로 봉인된 것은 더 없습니다.',
    notEmptied: '아직 이 키로 봉인된 것이 있습니다.',
    keptAlways: '누군가 파기할 때까지 보관합니다.',
    destroyedAfter: '다음 시각 이후 첫 시작 때 파기:',
  },
}
