/** Refusals of switching, custody and profiles in Simplified Chinese. */

import type { ErrorTexts } from '../errors.ts'
import type { switchingEn } from './en-switching.ts'

export const switchingZh: Pick<ErrorTexts, keyof typeof switchingEn> = {
  place_of_tool: [
    '另一个工具的文件',
    '{path} 属于 {tool}。Tokendeck 只读取而从不写入该文件，因此未作任何更改。请在导入中接管该登录，或使用 {tool} 自身。',
  ],
  custody_no_copy: ['那里没有副本', '{path} 中已没有此登录的副本。未作任何更改。请重新查看副本列表。'],
  custody_copy_older: [
    '此文件中的令牌已被用过',
    '{path} 中的登录此后已在别处刷新；CLI 若使用旧令牌，会使所有人的登录结束。请先由 Tokendeck 拥有，再在 CLI 中激活该账户。',
  ],
  custody_newer_elsewhere: [
    '另一个文件可能有最新的令牌',
    '{path} 中有此处不认识的令牌，可能是最新的。请选择该文件，或由 Tokendeck 拥有此登录并取回最新令牌。未作任何更改。',
  ],
  custody_copy_doubtful: [
    '无法确认文件中的内容',
    '现在无法确认 {path} 中的登录是否为此账户的最新登录。请使用一次 CLI，或分别登录。文件保持原样。',
  ],
  custody_elsewhere: [
    '副本在另一台机器上',
    '无法从这里更改 {path}。请在那台机器的 Tokendeck 中解决，或分别登录。未作任何更改。',
  ],
  profile_not_found: ['没有此配置目录', '本机上没有这个配置目录，可能已被移除。'],
  profile_in_use: ['配置目录正在使用', '{usedBy} 正在 {path} 中运行。请先结束它，再重试。'],
  profile_login_elsewhere: [
    'CLI 在另一个目录中持有此登录',
    '{account} 的登录位于 {path}，同一登录不能放在两个目录中。请先把它交还 Tokendeck，或通过 CLI 另行登录。',
  ],
  profile_login_unknown: [
    '会丢失一个登录',
    '{path} 中有一个登录（{identity}），这里没有账户使用它。请先导入，或确认可以丢失。',
  ],
  profile_has_login: [
    '已经有一个登录',
    'CLI 的登录会结束它在 {path} 中找到的登录。没有启动任何操作；请开始新的登录，以使用全新的配置目录。',
  ],
  activation_unsupported: ['没有可以激活的位置', '本机上没有 Tokendeck 已知的、{provider} 的 CLI 用来保存登录的目录。'],
  activation_conflict: [
    '登录存在于两处',
    '{account} 在这里刷新，同时某个文件里还有它的副本。请先解决：账号页面会显示副本的位置。未作任何更改。',
  ],
  activation_uncertain: [
    '不能确定其登录有效',
    '不知道 {account} 的最新令牌是否仍然有效。请先在这里刷新该账号，或先交还，然后再激活。未作任何更改。',
  ],
  activation_elsewhere: [
    'CLI 在另一个目录中持有它',
    '{account} 由 CLI 保存在 {path}。再放一份副本会在下次续期时使其中一份失效。请在那里使用，或先交还再激活。未作任何更改。',
  ],
  activation_current: ['已经激活', 'CLI 已在 {path} 中持有 {account}。'],
  activation_not_held: ['没有 CLI 持有它', '{account} 不由 CLI 保存，没有可以交还的内容。'],
  activation_incomplete: [
    'CLI 不会接受它',
    '{account} 的登录缺少 CLI 所需的内容（{detail}）。请在这里重新登录，然后再激活。未作任何更改。',
  ],
  activation_outgoing_doubtful: [
    '现在那里是谁的登录？',
    '{path} 中有一个目前无法确认的较新登录，可能会丢失。请在能够连接提供商时重试。未作任何更改。',
  ],
  activation_empty: ['那里没有登录', '{path} 中没有登录，没有可以取出的内容。'],
  activation_changed: ['文件不断变化', '另一个程序不断写入 {path}。请关闭正在运行的 CLI 后重试。未作任何更改。'],
  activation_overwritten: [
    '被另一个程序更改',
    '切换之后，另一个程序立即把 {actual} 的登录写入了 {path}。现在那里是它。',
  ],
  activation_not_verified: ['已恢复原状', '本应是 {account}，但 CLI 报告的是 {actual}。之前的内容已经放回。'],
  activation_not_rolled_back: [
    '未能确认，也未能恢复',
    'CLI 没有确认 {account}，{path} 也未能自动恢复。请撤销这次切换，或查看该文件。',
  ],
  place_busy: ['CLI 正忙', 'CLI 持有 {path} 的锁（{holder}）。它可能正在续期登录：请稍后重试。未作任何更改。'],
  place_lock_unsupported: ['无法加锁', '在此系统上无法锁定 {path} 的文件，因此不会改动它们。'],
  place_unusual: ['不寻常的文件', '编辑 {path} 会丢失内容（{detail}）。未作任何更改。'],
  backup_not_found: ['没有这个备份', '它可能已超过 30 天，或属于另一台机器。'],
  backup_nothing_to_undo: ['没有可撤销的内容', '本机最近 30 天内没有可以撤销的切换。'],
  backup_previous_gone: [
    '之前的内容已经失效',
    '{path} 中的登录此后已被续期，其账号也已删除。放回旧令牌会使您退出登录，因此未作任何更改。',
  ],
}
