/** Refusals in Korean. */

import type { ErrorTexts } from '../errors.ts'
import { switchingKo } from './ko-switching.ts'

export const ko: ErrorTexts = {
  ...switchingKo,
  account_not_found: ['그런 계정이 없습니다', '“{account}” 계정이 없습니다. 제거되었을 수 있습니다.'],
  account_ambiguous: [
    '여러 계정이 해당됩니다',
    '“{account}”에 해당하는 계정이 {count}개입니다. ID나 한 계정에만 있는 라벨을 쓰세요.',
  ],
  unknown_provider: ['알 수 없는 제공자', '“{provider}”은(는) 내장되어 있지도, config.toml에 있지도 않습니다.'],
  method_not_offered: ['지원하지 않음', '{provider}은(는) 이 로그인 방법({method})을 지원하지 않습니다.'],
  consent_needed: [
    '먼저 확인이 필요합니다',
    '다른 프로그램에서 {provider}에 로그인하는 것은 제공자의 약관으로 제한됩니다. 로그인 대화 상자의 안내를 읽고 한 번 확인하세요.',
  ],
  authorization_not_found: ['그런 로그인이 없습니다', '이 로그인은 더는 존재하지 않습니다. 새로 시작하세요.'],
  authorization_over: ['이 로그인은 끝났습니다', '이미 끝났습니다({status}). 새로 시작하세요.'],
  authorization_other_browser: [
    '다른 브라우저에서 시작됨',
    '이 로그인은 다른 브라우저에서 시작되었습니다. 거기서 마치거나 여기서 새로 시작하세요.',
  ],
  authorization_ambiguous: [
    '어느 로그인인가요?',
    '여러 로그인이 대기 중입니다. 전체 주소나 # 뒷부분까지 포함한 코드를 붙여 넣거나 다른 로그인을 취소하세요.',
  ],
  response_empty: ['붙여 넣은 내용이 없습니다', '제공자가 보여 준 코드나 마지막에 열린 전체 주소를 붙여 넣으세요.'],
  response_unreadable: [
    '코드가 아닙니다',
    '붙여 넣은 내용은 코드도, 코드가 든 주소도 아닙니다. 전체를 다시 복사하세요.',
  ],
  response_code_missing: [
    '코드가 없습니다',
    '주소에 코드가 없습니다. 제공자의 마지막 페이지가 열린 뒤 다시 복사하세요.',
  ],
  response_state_missing: ['# 뒷부분이 없습니다', '#과 그 뒤를 포함한 전체 코드를 복사하세요.'],
  response_state_mismatch: [
    '다른 로그인의 코드입니다',
    '다른 로그인이나 이전 로그인의 코드입니다. 이 로그인의 링크를 열어 새 코드를 복사하세요.',
  ],
  response_issuer_mismatch: ['다른 제공자의 응답', '응답의 발급자가 요청한 곳과 달라 사용하지 않았습니다.'],
  response_duplicated_parameter: ['잘못된 응답', '주소에 같은 매개변수가 두 번 있어 사용하지 않았습니다.'],
  sign_in_denied: ['로그인이 거부되었습니다', '제공자가 로그인이 거부되었다고 알렸습니다. {detail}'],
  provider_error: ['제공자가 오류를 알렸습니다', '{failureCode}: {detail}'],
  provider_unreachable: [
    '제공자에 연결할 수 없음',
    '연결되지 않습니다({failureCode}). 네트워크를 확인하고 다시 시도하세요.',
  ],
  provider_rate_limited: ['제공자가 기다리라고 합니다', '요청이 너무 많습니다. 다음 시도: {retryAt}.'],
  code_rejected: [
    '제공자가 코드를 거부했습니다',
    '코드는 한 번, 몇 분 동안만 쓸 수 있습니다. 로그인을 다시 시작하세요. {detail}',
  ],
  identity_unknown: [
    '누구의 로그인인가요?',
    '{provider}이(가) 로그인을 받아들였지만 누구의 것인지 알려 주지 않아 계정으로 저장하지 않았습니다.',
  ],
  identity_mismatch: [
    '다른 계정입니다',
    '이 계정은 {expected}인데 {actual}(으)로 로그인했습니다. 아무것도 바꾸지 않았습니다. {expected}(으)로 로그인하거나 {actual}을(를) 별도 계정으로 추가하세요.',
  ],
  ports_taken: [
    '콜백 포트가 사용 중입니다',
    '포트 {ports}을(를) {holder}이(가) 쓰고 있습니다. 기기 코드를 쓰거나 마지막에 열린 주소를 붙여 넣으세요.',
  ],
  device_not_enabled: [
    '기기 코드가 꺼져 있음',
    '{provider}의 이 계정은 기기 코드 로그인이 꺼져 있습니다. 계정 보안 설정에서 켜거나 브라우저로 로그인하세요.',
  ],
  token_unreadable: ['토큰이 아닙니다', '이 제공자의 토큰이 아닙니다. 따옴표나 줄 바꿈 없이 토큰만 붙여 넣으세요.'],
  token_missing: ['토큰이 없습니다', '{field}이(가) 필요합니다.'],
  token_refused: [
    '제공자가 토큰을 거부했습니다',
    '만료되었거나 취소되었거나 이 제공자의 것이 아닙니다({failureCode}). 저장하지 않았습니다.',
  ],
  file_missing: ['자격 증명 파일이 없습니다', '{path}에 파일이 없습니다. 먼저 CLI로 로그인하세요.'],
  file_keyring: [
    'CLI가 키링에 로그인을 보관합니다',
    '{cli}이(가) 시스템 키링에 로그인을 저장하도록 설정되어 있어 {path}에 연결할 파일이 없습니다. 여기서 로그인하거나 CLI가 파일을 쓰도록 설정하세요.',
  ],
  file_unusable: [
    '쓸 수 있는 로그인이 아님',
    '{path}의 내용은 그것을 쓴 도구 자신도 쓸 수 없습니다. 빠진 것이 있거나 종류가 다릅니다. 그 도구로 다시 로그인하세요.',
  ],
  file_no_login: [
    '알려진 제공자의 로그인이 없음',
    '{path}은(는) 다른 도구의 파일이며 Tokendeck이 보여 줄 수 있는 로그인이 없습니다. API 키는 로그인이 아닙니다.',
  ],
  file_several_logins: ['파일의 어느 로그인인가요?', '{path}에 로그인이 여러 개 있습니다. 하나를 지정하세요: {names}'],
  keychain_not_here: ['읽을 키체인이 없음', '{path}의 로그인은 여기서 열 수 있는 macOS 키체인에 없습니다.'],
  keychain_refused: [
    '키체인을 열지 못함',
    'macOS가 “{item}”에서 로그인을 주지 않았습니다({detail}). 항목이 없거나 허용되지 않았습니다. 바뀐 것은 없습니다.',
  ],
  file_torn: [
    '파일이 온전하지 않습니다',
    '{path}은(는) 온전한 JSON이 아닙니다. 지금 쓰는 중일 수 있습니다. 잠시 뒤 다시 시도하세요.',
  ],
  file_blanked: [
    '이 파일의 로그인은 끝났습니다',
    '제공자가 갱신을 거부한 뒤 CLI가 {path}을(를) 비웠습니다. CLI에서 다시 로그인하세요.',
  ],
  file_api_key: ['로그인이 아니라 API 키입니다', '{path}에는 API 키가 들어 있습니다. 연결할 로그인이 없습니다.'],
  file_not_permitted: ['파일을 읽을 수 없음', '{path}을(를) 읽을 수 없습니다({detail}). 소유자와 권한을 확인하세요.'],
  file_foreign: ['일반 파일이 아닙니다', '{path}은(는) 건드리지 않았습니다: {detail}.'],
  file_unknown_provider: ['무슨 파일인가요?', '{path}은(는) 알려진 CLI의 자격 증명 파일이 아닙니다.'],
  already_linked: ['이미 있습니다', '이 로그인은 이미 {account}(으)로 표시됩니다.'],
  already_dashboard: [
    'Tokendeck에 이미 자체 로그인이 있습니다',
    '{account}은(는) Tokendeck이 갱신합니다. CLI 파일을 연결하면 두 로그인이 섞입니다. CLI가 소유해야 한다면 먼저 계정을 제거하세요.',
  ],
  not_custodian: [
    '이 로그인은 CLI의 것입니다',
    '{path}에 보관되며 CLI가 갱신합니다. 여기서 갱신하면 둘 다 끝날 수 있습니다. Tokendeck이 소유해야 한다면 먼저 넘겨받으세요.',
  ],
  no_refresh_token: ['갱신할 수 없음', '리프레시 토큰이 없습니다. 새 토큰을 추가하거나 로그인하세요.'],
  reauthorization_required: ['다시 로그인하세요', '{account}의 로그인이 제공자 쪽에서 끝났습니다.'],
  try_again_later: ['나중에 다시 시도하세요', '제공자에 연결할 수 없거나 기다리라고 했습니다. 다음 시도: {retryAt}.'],
  revoke_would_break_cli: [
    'CLI가 로그아웃됩니다',
    '이 로그인은 {path}에도 있으며 제공자에서 로그아웃하면 거기서도 끝납니다. 여기서만 잊거나, 그곳에서도 끝낸다고 한 번 더 밝히세요: 확인란 선택, API는 `confirm_cli=true`, 명령줄은 `--even-cli`.',
  ],
  label_invalid: ['쓸 수 없는 라벨', '보이는 글자 1~80자로 쓰세요.'],
  home_invalid: ['찾을 수 없는 디렉터리입니다', '“{path}”은(는) 절대 경로가 아니거나 스무 개를 넘습니다.'],
  cli_sign_in_not_running: ['CLI가 더 이상 기다리지 않습니다', '이미 종료되었습니다. 다시 시작해 새 코드를 받으세요.'],
  key_rotation_under_way: ['키를 교체하는 중입니다', '암호화 키 교체가 진행 중입니다. 끝날 때까지 기다리세요.'],
  key_rotation_shared: [
    '다른 컴퓨터가 이 데이터베이스를 사용 중일 수 있습니다',
    '그 컴퓨터는 이전 키를 계속 사용하게 됩니다. 모든 컴퓨터에서 Tokendeck을 멈춘 뒤 --others-stopped를 붙이세요. 그다음 여기서 “tokendeck key export”, 각 컴퓨터에서 “tokendeck key import”로 새 키를 전달하세요.',
  ],
  key_rotation_refused: ['키를 교체하지 못했습니다', '{detail}'],
  client_id_missing: [
    '{provider}에는 클라이언트 ID가 필요합니다',
    'Tokendeck에는 포함되어 있지 않습니다. {url}에서 기기 로그인을 켠 OAuth 앱을 등록하고, 그 ID를 config.toml의 [providers.{id}] 아래 client_id로 적은 뒤 Tokendeck을 다시 시작하세요.',
  ],
  login_narrower: [
    '그 로그인은 여기 있는 것보다 권한이 적습니다',
    '{account}에는 더 많은 것을 할 수 있는 로그인이 여기 있으며, Console 로그인이 그것을 대체하게 됩니다. 아무것도 바뀌지 않았습니다. Console에서 다른 조직을 고르거나, 여기 있는 로그인으로 키를 만드세요.',
  ],
  api_keys_not_offered: [
    '이 로그인으로는 API 키를 만들 수 없습니다',
    '{provider}은(는) 그 권한이 있는 로그인에만 API 키를 만들어 줍니다. Console에 로그인하면 얻을 수 있습니다.',
  ],
  api_key_not_confirmed: [
    '확인이 필요합니다',
    '키 사용은 조직의 API 계정에 청구되며 Console에서 삭제할 때까지 유효합니다. 상자를 선택하거나 confirm: true를 보내세요.',
  ],
  api_key_used: [
    '이미 보낸 양식입니다',
    '양식 하나로 키 하나를 만듭니다. 목록을 확인하고, 다른 키는 양식을 새로 열어 만드세요.',
  ],
  api_key_refused: [
    '{provider}이(가) 키를 만들지 않았습니다',
    '거부되었습니다: {failureCode}. {detail} 조직에 아직 API 결제가 없거나 맡은 역할로는 키를 만들 수 없는 경우가 많습니다. 만들어진 것도 청구되는 것도 없습니다.',
  ],
  api_key_unknown: [
    '키가 만들어졌는지 알 수 없습니다',
    '{provider}의 응답이 온전히 오지 않았습니다({failureCode}). 아무도 보지 못한 키가 만들어졌을 수 있습니다. {url}을(를) 확인하고 모르는 것은 삭제하세요. 저절로 다시 시도하지 않습니다.',
  ],
  api_key_not_found: ['그런 키가 없습니다', '이 키는 더 이상 여기에 없습니다.'],
  api_key_not_kept: [
    '이 키는 보관되지 않았습니다',
    '한 번 표시되고 여기에 보관되지 않았거나, 이전 암호화 키와 함께 폐기되었습니다. 새로 만들고 이전 것은 Console에서 삭제하세요.',
  ],
  sign_out_not_found: ['그런 로그아웃이 없습니다', '이 로그아웃은 더 이상 여기에 없습니다.'],
  sign_out_over: [
    '이 로그아웃은 끝났습니다',
    '더 이상 시도하지 않으므로 시도하거나 멈출 것이 없습니다. 목록에서 지울 수 있습니다.',
  ],
  sign_out_pending: [
    '이 로그인은 로그아웃하는 중입니다',
    '제공자에서 {account}을(를) 로그아웃하도록 요청했고 아직 시도 중입니다. 이 로그인은 곧 작동을 멈춥니다. 먼저 “제공자에서 로그아웃” 또는 “tokendeck sign-outs stop {revocation}”로 멈추거나, 새로 로그인해 다른 로그인을 만드세요.',
  ],
  store_failed: [
    '저장하지 못했습니다',
    '데이터베이스가 응답하지 않거나 쓸 수 없습니다. 남은 공간과 권한, 원격이면 네트워크도 확인하세요. 잃어버린 것은 없습니다.',
  ],
}
