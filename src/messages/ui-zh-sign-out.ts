/** Texts of removing an account and of signing out at a provider, in Simplified Chinese. */

import type { signOutEn } from './ui-en-sign-out.ts'

export const signOutZh: typeof signOutEn = {
  removal: {
    title: (account) => `移除 ${account}`,
    lead: '此处的令牌会被删除。发生过的事仍留在历史中。',
    forget: '仅在此处忘记',
    forgetHint: '从本机数据库删除令牌。登录并未结束：别处的副本仍可使用。',
    forgetCli: '停止监视该文件。CLI 保持登录。',
    revoke: '在提供方退出登录',
    reach: {
      login: '为所有持有副本者结束此登录，然后在此处删除。',
      access_token: '此处只有访问令牌。将请求提供方使该令牌失效；它所来自的登录仍会继续。',
      setup_token: '将请求提供方使此 setup token 失效。使用它的脚本和机器会停止工作。',
      not_supported: '此提供方不接受程序发起的退出登录。请在此处忘记，并到提供方结束会话。',
      key_reset: '其令牌已随先前的加密密钥放弃，因此无法请求提供方。请到提供方结束会话。',
    },
    persists: '如果提供方暂时无法处理，会在七天内继续请求。',
    uncertain: '上次刷新的结果未知：提供方可能已发出较新的令牌，此次退出登录无法指明它。',
    breaks: '以下位置也会退出登录：',
    noCopies: '未发现此登录的其他副本。',
    kinds: { cli_file: 'CLI 文件', profile: '配置目录', machine: '机器', export: '导出', backup: '备份' },
    onMachine: (machine) => `位于 ${machine}`,
    usedBy: (programs) => `${programs} 正在使用`,
    secondYes: '是的，在那里也结束。使用者需要重新登录。',
    activeIn: (cli) => `${cli} 目前正以此账户登录。`,
    confirmForget: '忘记账户',
    confirmRevoke: '退出登录并移除',
  },
  revocations: {
    title: '正在提供方退出登录',
    account: (account, provider) => `${account}（${provider}）`,
    pending: '尚未确认：该登录在提供方仍然有效。',
    nextTry: '下次尝试',
    givesUp: '放弃时间',
    confirmed: '提供方已确认退出登录。',
    not_confirmed: (provider) => `已放弃：该登录可能仍然有效。请自行到 ${provider} 结束会话。`,
    tryNow: '立即尝试',
    stop: '停止尝试',
    dismiss: '关闭',
    stopHint: '停止后，登录在提供方仍然有效，而这里的令牌会被放弃：请自行在那里结束会话。',
    tries: (count) => `已尝试 ${count} 次`,
  },
}
