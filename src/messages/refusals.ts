/** What the web side refuses before the domain is asked, in words: title and what to do, in four languages. */

import type { Language } from './languages.ts'

type Texts = Record<string, readonly [title: string, detail: string]>

const TEXTS: Record<Language, Texts> = {
  en: {
    cross_site_request: ['Refused: this came from another site', 'Open the dashboard itself and do it there.'],
    csrf_token_wrong: ['This page is from an earlier sign-in', 'Reload it and try again. Nothing was changed.'],
    body_too_large: ['That is too long', 'At most 256 KiB can be sent at once.'],
    body_timeout: ['The request took too long', 'Try again.'],
    unsupported_media_type: ['This form cannot be read', 'Reload the page and try again.'],
    bad_request: ['This request is malformed', 'Reload the page and try again.'],
    bad_request_target: ['This address is malformed', 'Go back to the accounts and start from there.'],
    method_not_allowed: ['This is not possible here', 'Go back to the accounts and start from there.'],
    too_many_sign_ins: ['Too many sign-ins failed', 'Wait a minute and try again.'],
  },
  ja: {
    cross_site_request: ['拒否しました：別のサイトからの要求です', 'ダッシュボードを開いて、そこで操作してください。'],
    csrf_token_wrong: [
      'このページは以前のサインインのものです',
      '再読み込みしてもう一度試してください。何も変更していません。',
    ],
    body_too_large: ['長すぎます', '一度に送れるのは 256 KiB までです。'],
    body_timeout: ['要求に時間がかかりすぎました', 'もう一度試してください。'],
    unsupported_media_type: ['このフォームは読み取れません', 'ページを再読み込みしてもう一度試してください。'],
    bad_request: ['要求の形式が正しくありません', 'ページを再読み込みしてもう一度試してください。'],
    bad_request_target: ['アドレスの形式が正しくありません', 'アカウント一覧に戻って操作してください。'],
    method_not_allowed: ['ここではできません', 'アカウント一覧に戻って操作してください。'],
    too_many_sign_ins: ['サインインの失敗が多すぎます', '1 分待ってからもう一度試してください。'],
  },
  zh: {
    cross_site_request: ['已拒绝：请求来自其他网站', '请打开仪表板并在那里操作。'],
    csrf_token_wrong: ['此页面属于较早的登录', '请重新加载后再试。未做任何更改。'],
    body_too_large: ['内容过长', '一次最多可发送 256 KiB。'],
    body_timeout: ['请求耗时过长', '请重试。'],
    unsupported_media_type: ['无法读取此表单', '请重新加载页面后再试。'],
    bad_request: ['请求格式错误', '请重新加载页面后再试。'],
    bad_request_target: ['地址格式错误', '请返回账户页面，从那里开始。'],
    method_not_allowed: ['此处无法执行', '请返回账户页面，从那里开始。'],
    too_many_sign_ins: ['登录失败次数过多', '请等待一分钟后再试。'],
  },
  ko: {
    cross_site_request: ['거부됨: 다른 사이트에서 온 요청입니다', '대시보드를 열어 그곳에서 하세요.'],
    csrf_token_wrong: [
      '이 페이지는 이전 로그인의 것입니다',
      '새로 고친 뒤 다시 시도하세요. 아무것도 바뀌지 않았습니다.',
    ],
    body_too_large: ['너무 깁니다', '한 번에 256 KiB까지 보낼 수 있습니다.'],
    body_timeout: ['요청이 너무 오래 걸렸습니다', '다시 시도하세요.'],
    unsupported_media_type: ['이 양식을 읽을 수 없습니다', '페이지를 새로 고친 뒤 다시 시도하세요.'],
    bad_request: ['요청 형식이 잘못되었습니다', '페이지를 새로 고친 뒤 다시 시도하세요.'],
    bad_request_target: ['주소 형식이 잘못되었습니다', '계정 목록으로 돌아가 다시 시작하세요.'],
    method_not_allowed: ['여기서는 할 수 없습니다', '계정 목록으로 돌아가 다시 시작하세요.'],
    too_many_sign_ins: ['로그인 실패가 너무 많습니다', '1분 뒤에 다시 시도하세요.'],
  },
}

/** The words for a refusal, or null for a code that people do not get to see. */
export function refusalText(language: Language, code: string): { title: string; detail: string } | null {
  const text = Object.hasOwn(TEXTS[language], code) ? TEXTS[language][code]! : null
  return text && { title: text[0], detail: text[1] }
}
