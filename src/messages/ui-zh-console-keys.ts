/** Texts of API keys made through a login, in Chinese. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysZh: typeof consoleKeysEn = {
  consoleKeys: {
    title: 'API 密钥',
    lead: '此登录可以为其组织创建 API 密钥。',
    none: '这里还没有创建过。',
    create: '创建 API 密钥',
    createTitle: (account: string) => `用 ${account} 创建 API 密钥`,
    consequence:
      '提供方会立即创建一个新密钥。其用量计入组织的 API 账户，而不是订阅。它在 Console 中被删除之前一直有效：在这里移除或退出登录都不会使它失效。',
    name: '给自己看的名称',
    nameHint: '只在这里显示。提供方会另取名称。',
    keep: '加密保存在这里，以便日后再次读取',
    keepHint: '否则只在下一页显示一次，之后不再显示。',
    confirm: '我知道它会计费，并且在 Console 中删除之前一直有效。',
    confirmCreate: '创建密钥',
    made: '密钥已创建',
    madeOnce: '请现在复制。它没有保存，无法再次显示。',
    madeKept: '请现在复制，或以后在账户页面再次读取。',
    shown: '这次读取已写入历史。',
    key: 'API 密钥',
    copy: '复制密钥',
    console: '在 Console 中查看密钥',
    ending: (hint: string) => `以 ${hint} 结尾`,
    uncertain: '不知道是否已创建：请到 Console 查看。',
    kept: '已保存',
    notKept: '未保存',
    reveal: '显示',
    revealOf: (name: string) => `显示密钥 ${name}`,
    forget: '移除',
    forgetOf: (name: string) => `移除密钥 ${name}`,
    forgetHint: '移除只会把密钥从列表中去掉，不会删除它：请在 Console 中删除。',
    back: '返回账户',
    variants: { console: '登录 Console' },
    variantHints: {
      console: '适合按用量支付 API 的组织。此登录可以创建 API 密钥，没有订阅限额。',
    },
    needsClient: {
      lead: (provider: string) => `${provider} 需要客户端 ID，Tokendeck 不自带。只需一次，几分钟即可：`,
      register: '注册一个 OAuth 应用并启用设备流程',
      write: '把它的客户端 ID 写进 config.toml：',
      restart: '重新启动 Tokendeck。',
    },
  },
}
