/** Texts of API keys made through a login, in Korean. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysKo: typeof consoleKeysEn = {
  consoleKeys: {
    title: 'API 키',
    lead: '이 로그인은 조직의 API 키를 만들 수 있습니다.',
    none: '여기서 만든 키가 없습니다.',
    create: 'API 키 만들기',
    createTitle: (account: string) => `${account}(으)로 API 키 만들기`,
    consequence:
      '제공자에 새 키가 곧바로 만들어집니다. 사용량은 구독이 아니라 조직의 API 계정에 청구됩니다. 누군가 Console에서 삭제할 때까지 유효하며, 여기서 지우거나 로그아웃해도 끝나지 않습니다.',
    name: '나를 위한 이름',
    nameHint: '여기에서만 보입니다. 제공자는 자체 이름을 붙입니다.',
    keep: '다시 읽을 수 있도록 암호화하여 여기에 보관',
    keepHint: '보관하지 않으면 다음 페이지에 한 번만 표시되고 다시는 표시되지 않습니다.',
    confirm: '요금이 청구되고 Console에서 삭제할 때까지 유효하다는 것을 압니다.',
    confirmCreate: '키 만들기',
    made: '키를 만들었습니다',
    madeOnce: '지금 복사하세요. 보관하지 않았으므로 다시 표시할 수 없습니다.',
    madeKept: '지금 복사하거나, 나중에 계정 페이지에서 다시 읽으세요.',
    shown: '이번 열람은 기록에 남았습니다.',
    key: 'API 키',
    copy: '키 복사',
    console: 'Console에서 키 보기',
    ending: (hint: string) => `끝자리 ${hint}`,
    uncertain: '만들어졌는지 알 수 없습니다. Console에서 확인하세요.',
    kept: '보관됨',
    notKept: '보관 안 함',
    reveal: '표시',
    revealOf: (name: string) => `키 ${name} 표시`,
    forget: '목록에서 지우기',
    forgetOf: (name: string) => `키 ${name}을(를) 목록에서 지우기`,
    forgetHint: '목록에서 지워도 키는 삭제되지 않습니다. 삭제는 Console에서 하세요.',
    back: '계정으로 돌아가기',
    variants: { console: 'Console에 로그인' },
    variantHints: {
      console: 'API를 사용량만큼 지불하는 조직을 위한 것입니다. 이 로그인은 API 키를 만들며 구독 한도가 없습니다.',
    },
    needsClient: {
      lead: (provider: string) =>
        `${provider}에는 클라이언트 ID가 필요하며 Tokendeck에는 포함되어 있지 않습니다. 한 번만, 몇 분이면 됩니다:`,
      register: 'OAuth 앱을 등록하고 기기 흐름을 켜기',
      write: '그 클라이언트 ID를 config.toml에 적기:',
      restart: 'Tokendeck을 다시 시작하기.',
    },
  },
}
