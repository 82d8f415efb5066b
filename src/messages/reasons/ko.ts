/** Reasons in Korean. */

import type { ReasonTexts } from '../reasons.ts'

export const ko: ReasonTexts = {
  codes: {
    login_valid: [
      '로그인이 유효합니다',
      '액세스 토큰이 유효합니다. 만료: {expiresAt}.',
      '제공자가 이 로그인을 받아들였으며, 만료되기 전에 Tokendeck이 갱신합니다.',
    ],
    login_valid_cli: [
      '로그인이 유효합니다',
      '{path}의 액세스 토큰이 유효합니다. 만료: {expiresAt}.',
      '이 로그인은 CLI의 것이며 CLI가 스스로 갱신합니다. Tokendeck은 파일을 읽기만 합니다.',
    ],
    login_valid_no_refresh: [
      '토큰이 유효합니다',
      '토큰이 유효합니다. 만료: {expiresAt}.',
      '리프레시 토큰이 없어 아무도 갱신할 수 없습니다. 만료될 때까지 쓸 수 있습니다.',
    ],
    login_valid_unknown_end: [
      '토큰을 저장했습니다',
      '토큰을 저장했습니다. 만료 시점은 알 수 없습니다.',
      '만료일도 리프레시 토큰도 없습니다. 제공자가 받아들이지 않을 때까지 쓸 수 있습니다.',
    ],
    login_due: [
      '갱신할 때입니다',
      '액세스 토큰이 만료되었거나 곧 만료됩니다. 다음 차례에 갱신합니다.',
      '로그인 자체는 문제없습니다. 리프레시 토큰으로 새 액세스 토큰을 받습니다.',
    ],
    login_paused: [
      '일시 중지됨',
      '이 계정은 일시 중지되어 갱신되지 않습니다. 액세스 토큰 만료: {expiresAt}.',
      '오래 멈춰 두면 더는 갱신할 수 없게 될 수 있습니다.',
    ],
    login_ends_soon: [
      '로그인이 곧 끝납니다',
      '제공자가 이 로그인을 {loginExpiresAt}에 끝냅니다.',
      '갱신해도 그 날짜는 바뀌지 않습니다. 그 뒤에는 다시 로그인해야 합니다.',
    ],
    login_token_ends_soon: [
      '토큰이 곧 만료됩니다',
      '토큰 만료: {expiresAt}.',
      '리프레시 토큰이 없어 갱신할 수 없습니다.',
    ],
    login_retrying: [
      '갱신을 다시 시도하는 중',
      '갱신이 연속 {failures}번 전달되지 않았습니다({lastFailureCode}).',
      '제공자가 로그인을 거부한 것이 아니라, 연결할 수 없거나 기다리라고 했습니다. 액세스 토큰 만료: {expiresAt}.',
    ],
    login_unknown_outcome: [
      '결과를 알 수 없음',
      '{uncertainAt} 갱신을 보냈지만 온전한 응답을 받지 못했습니다.',
      '제공자가 리프레시 토큰을 바꾸었는데 새것을 받지 못했을 수 있습니다. 현재 액세스 토큰(만료: {expiresAt})은 계속 씁니다.',
    ],
    login_refused: [
      '다시 로그인하세요',
      '제공자가 {refusedAt} 리프레시 토큰을 거부했습니다({refusalCode}).',
      '이 로그인은 제공자 쪽에서 끝났습니다. 다시 시도해도 되살릴 수 없습니다.',
    ],
    login_outcome_lost: [
      '다시 로그인하세요',
      '이전 갱신의 응답이 사라졌고, 제공자가 {refusedAt} 토큰을 거부했습니다.',
      '제공자가 리프레시 토큰을 바꾸었지만 응답이 도착하지 않았습니다. 이 로그인은 이어 갈 수 없습니다.',
    ],
    login_expired_cli: [
      'CLI를 기다리는 중',
      '{path}의 액세스 토큰이 {expiresAt} 만료되었습니다.',
      '이 로그인은 CLI의 것입니다. 다음에 사용할 때 CLI가 갱신합니다.',
    ],
    login_ended_cli: [
      'CLI에서 로그인이 끝남',
      'CLI가 {path}의 로그인을 비웠습니다.',
      'CLI의 갱신이 거부되었거나 누군가 거기서 로그아웃했습니다.',
    ],
    login_file_missing: [
      '파일이 없습니다',
      '{path} 파일이 더는 없습니다.',
      'CLI가 로그아웃했거나 저장 위치를 바꾸었거나 파일이 삭제되었습니다.',
    ],
    login_file_other_account: [
      '파일에 다른 계정이 있습니다',
      '{path}에는 이제 {email}의 로그인이 들어 있습니다.',
      '거기서 다른 계정으로 로그인했습니다. 이 계정의 로그인은 더는 그 파일에 없습니다.',
    ],
    login_token_expired: [
      '토큰이 만료되었습니다',
      '토큰이 {expiresAt} 만료되었습니다.',
      '리프레시 토큰이 없어 갱신할 수 없었습니다.',
    ],
    login_period_over: [
      '다시 로그인하세요',
      '제공자가 정한 이 로그인의 종료일은 {loginExpiresAt}였습니다.',
      '아무리 자주 갱신해도 로그인은 그 날짜에 끝납니다.',
    ],
    data_fresh: [
      '데이터가 최신입니다',
      '조직과 요금제를 {readAt} 읽었습니다.',
      '표시된 내용은 제공자의 현재 정보입니다.',
    ],
    data_old: [
      '데이터가 오래됨',
      '조직과 요금제를 마지막으로 읽은 때: {readAt}.',
      '그 뒤의 읽기는 성공하지 못해 내용이 바뀌었을 수 있습니다({failure}).',
    ],
    data_not_permitted: [
      '데이터 권한 없음',
      '이 로그인에는 프로필을 읽을 권한이 없습니다.',
      '토큰은 제 용도로는 쓸 수 있지만 조직과 요금제는 읽을 수 없습니다.',
    ],
    data_never_read: [
      '읽은 적 없음',
      '조직과 요금제를 아직 읽지 않았습니다({failure}).',
      '아는 것이 없으므로 아무것도 표시하지 않습니다.',
    ],
    owner_dashboard: [
      'Tokendeck 소유',
      'Tokendeck만 이 로그인을 보관하고 갱신합니다.',
      '리프레시 토큰은 한 번만 쓸 수 있습니다. 소유자가 하나면 아무도 몰래 써 버리지 않습니다.',
    ],
    owner_cli: [
      'CLI 소유',
      '{cli}가 이 로그인을 {path}에 보관하고 갱신합니다.',
      'Tokendeck은 파일을 지켜보고 보여 주지만 갱신하지 않습니다.',
    ],
    owner_nobody: ['아무도 갱신할 수 없음', '리프레시 토큰이 없습니다.', '토큰은 끝날 때까지 그대로 사용됩니다.'],
    owner_conflict: [
      '소유자가 둘입니다',
      'Tokendeck이 갱신하는 로그인의 사본이 아직 {path}에 있습니다.',
      '{cli}가 그 사본을 갱신하면 제공자가 둘 다 끝낼 수 있습니다. 리프레시 토큰은 한 번만 쓸 수 있습니다.',
    ],
  },
  next: {
    refresh_planned: 'Tokendeck이 갱신합니다({nextRefreshAt}).',
    retry_planned: 'Tokendeck이 다시 시도합니다({nextRefreshAt}).',
    cli_refreshes: 'CLI는 사용될 때 갱신합니다. {path}의 변화는 바로 표시됩니다.',
    nothing: '저절로 일어나는 일은 없습니다.',
    profile_planned: '하루에 한 번, 그리고 로그인할 때마다 다시 읽습니다.',
    file_watched: '파일을 지켜보고 있습니다. 바뀌면 바로 표시됩니다.',
  },
  advice: {
    nothing: '할 일이 없습니다.',
    sign_in_again: '다시 로그인하세요. 계정의 이름과 기록은 그대로 남습니다.',
    refresh_or_wait: '기다리거나 “새로 고침”을 눌러 지금 시도하세요.',
    resume: '계정을 다시 시작하면 갱신됩니다.',
    use_cli: 'CLI를 한 번 사용하거나 Tokendeck 자체 로그인으로 로그인하세요.',
    sign_in_with_cli: 'CLI에서 다시 로그인하거나, 여기서 로그인하거나, 계정을 제거하세요.',
    paste_new_token: '새 토큰을 추가하거나 로그인하세요.',
    link_or_remove: '이 계정에 다시 로그인하거나, 지금 파일에 있는 계정을 연결하거나, 이 계정을 제거하세요.',
    wider_sign_in: '여기서 로그인하면 프로필을 읽을 수 있는 로그인을 얻습니다.',
    resolve_copy: '이 사본으로 CLI를 쓰지 마세요. {path}를 옮기거나, 따로 로그인해 각자 자기 로그인을 갖게 하세요.',
  },
}
