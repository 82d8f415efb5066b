/** Texts of the notice that stands before a restricted sign-in, in Korean. */

import type { consentEn } from './ui-en-consent.ts'

export const consentKo: typeof consentEn = {
  consent: {
    title: (provider) => `여기서 ${provider}에 로그인하기 전에`,
    notices: {
      anthropic_terms: {
        lead: () => 'Anthropic의 공개 약관은 이 로그인 방식을 제한합니다.',
        rule: () =>
          '2026년 8월 22일부터 약관은 개발자가 Claude.ai 자격 증명이나 세션 토큰을 수집, 저장, 중개해서는 안 되며 로그인은 Anthropic 자체 절차로 완료되어야 한다고 정합니다. 로컬 도구나 본인 계정에 대한 예외는 적혀 있지 않습니다. Anthropic은 예고 없이 계정 폐쇄를 포함한 조치를 할 수 있습니다.',
        alternative: (cli) =>
          `약관에 나온 방법: 수정하지 않은 ${cli}가 프로필 안에서 로그인합니다. Tokendeck은 그 프로필을 읽고 자체 토큰은 보관하지 않습니다.`,
      },
      provider_terms: {
        lead: (provider) => `${provider}의 약관은 이 로그인 방식을 제한합니다.`,
        rule: (provider) =>
          `이 설치의 설정에 그렇게 적혀 있습니다. 계속하기 전에 약관을 읽으세요. ${provider}에서 계정 폐쇄를 포함한 조치를 할 수 있습니다.`,
        alternative: (cli) =>
          `다른 방법: 수정하지 않은 ${cli}가 프로필 안에서 로그인합니다. Tokendeck은 그 프로필을 읽고 자체 토큰은 보관하지 않습니다.`,
      },
    },
    what: '계속하면 Tokendeck이 자체 로그인을 요청하고 그 토큰을 봉인하여 이 컴퓨터에 보관합니다. 모든 요청에서 정직하게 이름을 밝히며 아무것도 중계하지 않습니다.',
    useProfile: 'CLI가 가진 프로필 사용',
    agree: '이해했습니다',
    once: '설치마다 한 번만 묻습니다.',
  },
}
