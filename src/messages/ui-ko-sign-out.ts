/** Texts of removing an account and of signing out at a provider, in Korean. */

import type { signOutEn } from './ui-en-sign-out.ts'

export const signOutKo: typeof signOutEn = {
  removal: {
    title: (account) => `${account} 삭제`,
    lead: '여기의 토큰이 지워집니다. 있었던 일은 기록에 남습니다.',
    forget: '여기서만 잊기',
    forgetHint: '이 컴퓨터의 데이터베이스에서 토큰을 지웁니다. 로그인은 끝나지 않으며 다른 사본은 계속 쓸 수 있습니다.',
    forgetCli: '파일을 더 지켜보지 않습니다. CLI는 로그인된 채로 있습니다.',
    revoke: '제공자에서 로그아웃',
    reach: {
      login: '사본을 가진 모든 곳에서 로그인을 끝내고 여기서도 지웁니다.',
      access_token: '여기에는 액세스 토큰만 있습니다. 제공자에 그 토큰의 폐기를 요청합니다. 원래 로그인은 계속됩니다.',
      setup_token: '제공자에 이 setup token의 폐기를 요청합니다. 이를 쓰는 스크립트와 컴퓨터는 멈춥니다.',
      not_supported: '이 제공자는 프로그램의 로그아웃을 받지 않습니다. 여기서 잊고, 제공자에서 세션을 끝내세요.',
      key_reset: '토큰이 이전 암호화 키와 함께 버려져 제공자에 요청할 수 없습니다. 제공자에서 세션을 끝내세요.',
    },
    persists: '제공자가 지금 처리하지 못하면 7일 동안 다시 요청합니다.',
    uncertain:
      '지난 갱신의 결과를 알 수 없습니다. 이 로그아웃으로 가리킬 수 없는 더 새로운 토큰이 발급되었을 수 있습니다.',
    breaks: '다음 위치도 로그아웃됩니다:',
    noCopies: '이 로그인의 다른 사본은 알려진 것이 없습니다.',
    kinds: { cli_file: 'CLI 파일', profile: '프로필', machine: '컴퓨터', export: '내보내기', backup: '백업' },
    onMachine: (machine) => `${machine}에 있음`,
    usedBy: (programs) => `${programs} 사용 중`,
    secondYes: '예, 그곳에서도 끝냅니다. 쓰던 쪽은 다시 로그인해야 합니다.',
    activeIn: (cli) => `지금 ${cli}가 이 계정으로 로그인해 있습니다.`,
    confirmForget: '계정 잊기',
    confirmRevoke: '로그아웃하고 삭제',
  },
  revocations: {
    title: '제공자에서 로그아웃하는 중',
    account: (account, provider) => `${account} (${provider})`,
    pending: '아직 확인되지 않았습니다. 로그인은 제공자에서 여전히 유효합니다.',
    nextTry: '다음 시도',
    givesUp: '포기',
    confirmed: '제공자가 로그아웃을 확인했습니다.',
    not_confirmed: (provider) => `포기했습니다. 로그인이 아직 유효할 수 있으니 ${provider}에서 직접 세션을 끝내세요.`,
    tryNow: '지금 시도',
    stop: '시도 중지',
    dismiss: '닫기',
    stopHint: '중지하면 로그인은 제공자에서 유효한 채로 남고 여기의 토큰은 폐기됩니다. 그곳에서 직접 세션을 끝내세요.',
    tries: (count) => `${count}회 시도`,
  },
}
