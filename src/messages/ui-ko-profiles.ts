/** Texts of directories of their own for accounts, in Korean. */

import type { profilesEn } from './ui-en-profiles.ts'

export const profilesKo: typeof profilesEn = {
  profiles: {
    title: '프로필',
    all: '프로필',
    lead: '계정마다 자신의 로그인을 두는 디렉터리로, 여러 계정을 나란히 사용할 수 있습니다.',
    none: '이 컴퓨터에는 프로필이 없습니다.',
    why: '프로필을 쓰면 한 터미널에서는 이 계정으로, 다른 터미널에서는 다른 계정으로 CLI를 실행할 수 있습니다. 로그인은 그곳으로 옮겨지며, 이후에는 Tokendeck이 아니라 CLI가 갱신합니다.',
    elsewhere: 'CLI가 다른 디렉터리에서 이 로그인을 보관합니다. 먼저 Tokendeck에 돌려주면 프로필을 만들 수 있습니다.',
    unable: '이 로그인에는 리프레시 토큰이 없어 CLI가 유지할 수 없습니다.',
    share: '기본 홈과 공유',
    kinds: {
      settings: '설정(자격 증명을 뺀 사본)',
      instructions: '지침(사본)',
      commands: '명령',
      agents: '에이전트',
      skills: '스킬',
      history: '대화 기록',
    },
    make: '프로필 만들기',
    directory: '디렉터리',
    run: 'CLI 실행',
    copyCommand: '명령 복사',
    usedBy: (names: string) => `${names}에서 사용 중`,
    usersUnknown: '이 시스템에서는 사용 중인지 알 수 없습니다',
    sharedNow: (names: string) => `공유: ${names}`,
    holds: '로그인 보관',
    nobody: '계정 없음',
    remove: '삭제',
    removeOf: (directory: string) => `${directory} 삭제`,
    removeTitle: '프로필 삭제',
    returned: (identity: string) => `먼저 로그인(${identity})이 최신 토큰과 함께 Tokendeck으로 돌아옵니다.`,
    noLogin: '로그인이 없습니다.',
    lost: (identity: string) =>
      `어떤 계정도 쓰지 않는 로그인(${identity})이 있으며 사라집니다. 남기려면 먼저 가져오세요.`,
    loseIt: '예, 이 로그인은 사라져도 됩니다',
    contents: (files: number, size: string) =>
      `파일 ${files}개(${size})가 함께 삭제되며, 이 프로필의 CLI 기록도 포함됩니다. 기본 홈과 공유하는 것은 그대로 남습니다.`,
    inUse: (names: string) => `${names}에서 사용 중입니다. 먼저 종료하세요.`,
    mayBeInUse:
      '이 시스템에서는 여기서 CLI가 실행 중인지 알 수 없습니다. 실행 중이면 먼저 종료하세요. 그렇지 않으면 로그인을 잃습니다.',
    homes: {
      title: '다른 홈',
      hint: '다음 디렉터리에서도 CLI의 로그인을 찾습니다. 홈 또는 CLI 자체의 디렉터리를 한 줄에 하나씩 적으세요. Windows 안에서 실행될 때는 Windows의 홈도 자동으로 찾으며, config.toml에도 적을 수 있습니다.',
      label: '디렉터리',
    },
    cli: {
      running: (cli: string) => `${cli}가 새 프로필에서 로그인하는 중입니다. 출력:`,
      silent: '아직 출력이 없습니다.',
      absent: (cli: string) => `Tokendeck이 찾는 위치에 ${cli}가 없으므로 직접 실행하세요:`,
      idle: (cli: string) => `${cli}가 실행 중이 아닙니다. 시작하거나 터미널에서 실행하세요:`,
      ended: (cli: string, code: number) => `${cli}가 코드 ${code}로 끝났고 로그인을 찾지 못했습니다.`,
      endedWell: (cli: string) => `${cli}가 끝났습니다. 로그인을 받아들이는 중입니다.`,
      stopped: (cli: string) => `${cli}를 종료했습니다.`,
      output: (cli: string) => `${cli} 출력`,
      start: (cli: string) => `${cli} 시작`,
      again: (cli: string) => `${cli} 다시 시작`,
      code: '브라우저에 표시된 코드',
      codeHint: '마지막 페이지에 코드가 나오면 여기에 붙여 넣으세요. CLI에만 전달되고 저장되지 않습니다.',
      send: 'CLI로 보내기',
      lookAgain: '다시 보기',
    },
  },
}
