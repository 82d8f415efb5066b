/** Texts of the notice that stands before a restricted sign-in, in Japanese. */

import type { consentEn } from './ui-en-consent.ts'

export const consentJa: typeof consentEn = {
  consent: {
    title: (provider) => `ここで ${provider} にサインインする前に`,
    notices: {
      anthropic_terms: {
        lead: () => 'この方法でのサインインは、Anthropic の公開規約で制限されています。',
        rule: () =>
          '2026 年 8 月 22 日以降の規約には、開発者は Claude.ai の認証情報やセッショントークンを収集・保存・仲介してはならず、サインインは Anthropic 自身の手順で完了しなければならない、とあります。ローカルのツールや自分のアカウントについての例外は書かれていません。Anthropic は予告なく、アカウントの停止を含む措置を取ることがあります。',
        alternative: (cli) =>
          `規約に書かれている方法：手を加えていない ${cli} がプロファイルの中でサインインします。Tokendeck はそのプロファイルを読み、自分のトークンは持ちません。`,
      },
      provider_terms: {
        lead: (provider) => `この方法でのサインインは、${provider} の規約で制限されています。`,
        rule: (provider) =>
          `このインストールの設定にそう書かれています。続ける前に規約を読んでください。${provider} は、アカウントの停止を含む措置を取ることがあります。`,
        alternative: (cli) =>
          `別の方法：手を加えていない ${cli} がプロファイルの中でサインインします。Tokendeck はそのプロファイルを読み、自分のトークンは持ちません。`,
      },
    },
    what: '続けると、Tokendeck は自分用のログインを求め、そのトークンを封印してこのマシンに保存します。すべての要求で正直に名乗り、何も中継しません。',
    useProfile: 'CLI が持つプロファイルを使う',
    agree: '理解しました',
    once: 'この確認はインストールごとに一度だけです。',
  },
}
