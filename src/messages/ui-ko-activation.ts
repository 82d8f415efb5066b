/** Texts of handing an account to a CLI, and undoing it, in Korean. */

import type { activationEn } from './ui-en-activation.ts'

export const activationKo: typeof activationEn = {
  activation: {
    activate: '활성화',
    activateOf: (name: string) => `활성화: ${name}`,
    giveBack: 'CLI에서 돌려받기',
    title: (name: string, cli: string) => `${cli}에서 ${name} 활성화`,
    titleClear: (cli: string) => `${cli}의 로그인 비우기`,
    titleBack: (name: string) => `CLI에서 ${name} 돌려받기`,
    lead: '로그인을 CLI에 넘기며, 그 뒤로는 CLI만 갱신합니다. 지금 있는 내용은 30일 동안 백업됩니다.',
    leadClear: 'CLI의 파일에서 로그인을 꺼내 다시 여기서 갱신합니다. 제공자에서는 아무것도 취소하지 않습니다.',
    place: '디렉터리',
    now: '지금',
    after: '이후',
    nobody: '로그인 없음',
    fates: {
      returns: 'Tokendeck으로 돌아와 다시 여기서 갱신됩니다',
      welcomed: '아직 Tokendeck에 없으므로 계정으로 보관됩니다',
      backup_only: '백업에만 30일 동안 보관됩니다',
    },
    refreshedFirst: '액세스 토큰의 기한이 가까워 넘기기 전에 갱신합니다.',
    changes: '바뀌는 것',
    newFile: '새 파일',
    removedFile: '파일 삭제',
    acts: {
      add: '추가',
      change: '변경',
      remove: '삭제',
    },
    keysOnly: '이 키만 바뀌고 나머지는 한 바이트도 바뀌지 않습니다. 값은 표시하지 않습니다.',
    warnings: {
      variable_set: (p: Record<string, string>) =>
        `Tokendeck이 실행되는 곳에 변수 ${p.name}이(가) 설정되어 있습니다. 터미널에도 설정되어 있으면 그곳의 CLI는 이 로그인을 쓰지 않습니다.`,
      setting_outranks: (p: Record<string, string>) =>
        `${p.path}의 ${p.name}이(가) 이 로그인보다 앞서므로 CLI는 계속 그것을 씁니다.`,
      login_not_in_file: (p: Record<string, string>) =>
        `${p.path}에 ${p.name}(이)라고 되어 있어 CLI가 다른 곳에서 로그인을 찾을 수 있습니다.`,
      cli_running: (p: Record<string, string>) =>
        `실행 중: ${p.programs}. 다시 시작할 때까지 시작할 때의 계정을 계속 쓰며, 갱신하는 중일 수도 있습니다.`,
      running_unknown: () =>
        '이 시스템에서는 어떤 프로그램이 실행 중인지 알 수 없습니다. 이미 실행 중인 프로그램은 다시 시작할 때까지 시작할 때의 계정을 계속 씁니다.',
    },
    refused: '지금 상태로는 거절됩니다.',
    confirm: '활성화',
    confirmClear: '로그인 꺼내기',
    working: '전환하고 확인하는 중…',
    done: (name: string) => `${name}(으)로 확인됨`,
    doneBy: {
      cli: 'CLI가 직접 답했습니다.',
      file: '파일을 다시 읽어 확인했습니다. CLI가 없거나 물어볼 수 없었습니다.',
    },
    doneClear: '비었습니다. 로그인은 다시 여기서 갱신됩니다.',
    doneRestored: (name: string) => `취소함: 다시 ${name}입니다`,
    doneRestoredNone: '취소함: 이전 내용으로 돌아왔습니다',
    exact: '모든 바이트가 그대로입니다.',
    merged: '그 뒤에 바뀌었으므로 최신 토큰으로 로그인만 되돌렸습니다.',
    undo: '취소',
    undoOf: (name: string) => `${name}(으)로의 전환 취소`,
    undoUntil: (when: string) => `${when}까지 취소할 수 있습니다.`,
    nobodyRuns: '로그인 없음',
    unknownLogin: 'Tokendeck에 없는 로그인',
    profileTag: '프로필',
    usedBy: (programs: string) => `${programs}에서 사용 중`,
    idle: '실행되지 않음',
    usersUnknown: '이 시스템에서는 실행 중인지 알 수 없습니다',
    addIt: '추가',
    empty: '비우기',
    emptyOf: (cli: string) => `${cli}의 로그인 비우기`,
    backups: '최근 30일의 전환',
    noBackups: '최근 30일 동안 전환이 없습니다.',
    from: '이전',
    to: '이후',
    when: '시각',
    restored: '취소됨',
    isUndo: '취소 작업',
    files: '파일',
    act: '동작',
    lastUndo: '마지막 전환 취소',
  },
}
