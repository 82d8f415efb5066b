/** Texts of the notice that stands before a restricted sign-in, in Simplified Chinese. */

import type { consentEn } from './ui-en-consent.ts'

export const consentZh: typeof consentEn = {
  consent: {
    title: (provider) => `在此登录 ${provider} 之前`,
    notices: {
      anthropic_terms: {
        lead: () => 'Anthropic 公布的条款限制这种登录方式。',
        rule: () =>
          '自 2026 年 8 月 22 日起，条款写明：开发者不得收集、存储或转交 Claude.ai 的凭据或会话令牌，登录必须通过 Anthropic 自己的流程完成。条款没有为本地工具或您自己的账户写明例外。Anthropic 可能不经通知即采取措施，直至关闭账户。',
        alternative: (cli) =>
          `条款所载的方式：由未经修改的 ${cli} 在配置目录中登录。Tokendeck 读取该目录，自己不保存令牌。`,
      },
      provider_terms: {
        lead: (provider) => `${provider} 的条款限制这种登录方式。`,
        rule: (provider) =>
          `本安装的配置中是这样写的。继续之前请阅读这些条款：${provider} 可能据此采取措施，直至关闭账户。`,
        alternative: (cli) =>
          `另一种方式：由未经修改的 ${cli} 在配置目录中登录。Tokendeck 读取该目录，自己不保存令牌。`,
      },
    },
    what: '如果继续，Tokendeck 会申请一个自己的登录，并将其令牌封存在本机。它在每个请求中如实表明身份，不转发任何内容。',
    useProfile: '使用 CLI 持有的配置目录',
    agree: '我明白',
    once: '每次安装只询问一次。',
  },
}
