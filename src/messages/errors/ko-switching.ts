/** Refusals of switching, custody and profiles in Korean. */

import type { ErrorTexts } from '../errors.ts'
import type { switchingEn } from './en-switching.ts'

export const switchingKo: Pick<ErrorTexts, keyof typeof switchingEn> = {
  place_of_tool: [
    '다른 도구의 파일',
    '{path}은(는) {tool}의 것입니다. Tokendeck은 그 파일을 읽기만 하고 쓰지 않으므로 바뀐 것은 없습니다. 가져오기에서 로그인을 넘겨받거나 {tool} 자체를 쓰세요.',
  ],
  custody_no_copy: [
    '그곳에는 사본이 없습니다',
    '{path}에는 이 로그인의 사본이 더는 없습니다. 아무것도 바꾸지 않았습니다. 사본 목록을 다시 확인하세요.',
  ],
  custody_copy_older: [
    '이 파일의 토큰은 이미 사용되었습니다',
    '{path}의 로그인은 그 뒤 다른 곳에서 갱신되었습니다. CLI가 옛 토큰을 쓰면 모두의 로그인이 끝납니다. Tokendeck이 소유하게 한 다음 CLI에서 계정을 활성화하세요.',
  ],
  custody_newer_elsewhere: [
    '다른 파일에 최신 토큰이 있을 수 있습니다',
    '{path}에 여기서 모르는 토큰이 있으며 최신일 수 있습니다. 그 파일을 고르거나, Tokendeck이 로그인을 소유하게 해 최신 토큰을 가져오세요. 아무것도 바꾸지 않았습니다.',
  ],
  custody_copy_doubtful: [
    '파일의 내용을 확인할 수 없습니다',
    '{path}의 로그인이 이 계정의 최신인지 지금은 확인할 수 없습니다. CLI를 한 번 쓰거나 따로 로그인하세요. 파일은 그대로 두었습니다.',
  ],
  custody_elsewhere: [
    '사본이 다른 컴퓨터에 있습니다',
    '{path}는 여기서 바꿀 수 없습니다. 그 컴퓨터의 Tokendeck에서 해결하거나 따로 로그인하세요. 아무것도 바꾸지 않았습니다.',
  ],
  profile_not_found: ['프로필이 없습니다', '이 컴퓨터에 없는 프로필입니다. 삭제되었을 수 있습니다.'],
  profile_in_use: [
    '프로필이 사용 중입니다',
    '{usedBy}이(가) {path}에서 실행 중입니다. 먼저 종료한 뒤 다시 시도하세요.',
  ],
  profile_login_elsewhere: [
    'CLI가 다른 디렉터리에서 이 로그인을 보관합니다',
    '{account}의 로그인은 {path}에 있으며, 같은 로그인을 두 디렉터리에 둘 수 없습니다. 먼저 Tokendeck에 돌려주거나 CLI로 별도로 로그인하세요.',
  ],
  profile_login_unknown: [
    '로그인을 잃게 됩니다',
    '{path}에는 여기의 어떤 계정도 쓰지 않는 로그인({identity})이 있습니다. 먼저 가져오거나, 잃어도 된다고 표시하세요.',
  ],
  profile_has_login: [
    '이미 로그인이 있습니다',
    'CLI 로그인은 {path}에 있는 로그인을 끝냅니다. 아무것도 시작하지 않았습니다. 새 로그인을 시작해 새 프로필을 사용하세요.',
  ],
  activation_unsupported: [
    '활성화할 곳이 없습니다',
    '이 컴퓨터에는 {provider}의 CLI가 로그인을 보관하는, Tokendeck이 아는 디렉터리가 없습니다.',
  ],
  activation_conflict: [
    '로그인이 두 곳에 있습니다',
    '{account} 계정은 여기서 갱신되는데 파일에도 사본이 있습니다. 먼저 해결하세요. 계정 페이지에 사본의 위치가 나옵니다. 아무것도 바꾸지 않았습니다.',
  ],
  activation_uncertain: [
    '로그인이 유효한지 확실하지 않습니다',
    '{account} 계정의 최신 토큰이 아직 유효한지 알 수 없습니다. 먼저 여기서 갱신하거나 돌려받은 다음 활성화하세요. 아무것도 바꾸지 않았습니다.',
  ],
  activation_elsewhere: [
    'CLI가 다른 디렉터리에 보관하고 있습니다',
    '{account} 계정은 CLI가 {path}에 보관하고 있습니다. 사본을 하나 더 두면 다음 갱신 때 둘 중 하나가 끊깁니다. 그곳에서 쓰거나 먼저 돌려받은 다음 활성화하세요. 아무것도 바꾸지 않았습니다.',
  ],
  activation_current: ['이미 활성화되어 있습니다', 'CLI가 이미 {path}에 {account} 계정을 보관하고 있습니다.'],
  activation_not_held: [
    'CLI가 보관하고 있지 않습니다',
    '{account} 계정을 보관하는 CLI가 없으므로 돌려받을 것이 없습니다.',
  ],
  activation_incomplete: [
    'CLI가 받아들이지 않습니다',
    '{account} 계정의 로그인에 CLI가 필요로 하는 것({detail})이 없습니다. 여기서 다시 로그인한 다음 활성화하세요. 아무것도 바꾸지 않았습니다.',
  ],
  activation_outgoing_doubtful: [
    '지금 있는 로그인은 누구의 것입니까?',
    '{path}에 지금은 확인할 수 없는 더 새로운 로그인이 있어 잃을 수 있습니다. 제공자에 연결할 수 있을 때 다시 시도하세요. 아무것도 바꾸지 않았습니다.',
  ],
  activation_empty: ['로그인이 없습니다', '{path}에 로그인이 없으므로 꺼낼 것이 없습니다.'],
  activation_changed: [
    '파일이 계속 바뀝니다',
    '다른 프로그램이 {path}에 계속 쓰고 있습니다. 실행 중인 CLI를 닫고 다시 시도하세요. 아무것도 바꾸지 않았습니다.',
  ],
  activation_overwritten: [
    '다른 프로그램이 바꿨습니다',
    '전환 직후 다른 프로그램이 {path}에 {actual}의 로그인을 썼습니다. 지금은 그것이 들어 있습니다.',
  ],
  activation_not_verified: [
    '되돌렸습니다',
    '{account} 계정이어야 하는데 CLI가 {actual}(이)라고 답했습니다. 이전 내용을 다시 넣었습니다.',
  ],
  activation_not_rolled_back: [
    '확인되지 않았고 되돌리지도 못했습니다',
    'CLI가 {account} 계정을 확인하지 않았고 {path} 파일을 자동으로 되돌리지 못했습니다. 전환을 취소하거나 파일을 확인하세요.',
  ],
  place_busy: [
    'CLI가 사용 중입니다',
    'CLI가 {path}의 잠금을 가지고 있습니다({holder}). 로그인을 갱신하는 중일 수 있으니 잠시 뒤 다시 시도하세요. 아무것도 바꾸지 않았습니다.',
  ],
  place_lock_unsupported: ['잠글 수 없습니다', '이 시스템에서는 {path}의 파일을 잠글 수 없으므로 건드리지 않습니다.'],
  place_unusual: [
    '평범하지 않은 파일입니다',
    '{path} 파일은 무언가를 잃지 않고는 편집할 수 없습니다({detail}). 아무것도 바꾸지 않았습니다.',
  ],
  backup_not_found: ['그런 백업이 없습니다', '30일이 지났거나 다른 컴퓨터의 것일 수 있습니다.'],
  backup_nothing_to_undo: [
    '취소할 것이 없습니다',
    '이 컴퓨터에는 최근 30일 동안 취소할 수 있는 전환이 남아 있지 않습니다.',
  ],
  backup_previous_gone: [
    '이전 내용은 더 이상 유효하지 않습니다',
    '{path}에 있던 로그인은 그 뒤 갱신되었고 계정도 삭제되었습니다. 옛 토큰을 다시 넣으면 로그아웃되므로 아무것도 바꾸지 않았습니다.',
  ],
}
