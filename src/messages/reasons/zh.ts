/** Reasons in Simplified Chinese. */

import type { ReasonTexts } from '../reasons.ts'

export const zh: ReasonTexts = {
  codes: {
    login_valid: [
      '登录有效',
      '访问令牌有效，到期时间：{expiresAt}。',
      '提供方接受了此登录，Tokendeck 会在到期前续期。',
    ],
    login_valid_cli: [
      '登录有效',
      '{path} 中的访问令牌有效，到期时间：{expiresAt}。',
      '此登录归 CLI 所有，由 CLI 自行续期。Tokendeck 只读取文件。',
    ],
    login_valid_no_refresh: [
      '令牌有效',
      '令牌有效，到期时间：{expiresAt}。',
      '它没有刷新令牌，谁也无法续期，可用到到期为止。',
    ],
    login_valid_unknown_end: [
      '令牌已保存',
      '令牌已保存，到期时间未知。',
      '它既没有到期日，也没有刷新令牌，可用到提供方不再接受为止。',
    ],
    login_due: [
      '该续期了',
      '访问令牌已到期或即将到期，接下来就会刷新。',
      '登录本身没有问题，会用刷新令牌获取新的访问令牌。',
    ],
    login_paused: [
      '已暂停',
      '此账户已暂停，不会刷新。访问令牌到期时间：{expiresAt}。',
      '暂停太久，登录可能无法再续期。',
    ],
    login_ends_soon: [
      '登录即将结束',
      '提供方将在{loginExpiresAt}结束此登录。',
      '刷新不会推迟该日期，之后只能重新登录。',
    ],
    login_token_ends_soon: ['令牌即将到期', '令牌到期时间：{expiresAt}。', '它没有刷新令牌，无法续期。'],
    login_retrying: [
      '正在重试刷新',
      '连续失败的刷新：{failures} 次（{lastFailureCode}）。',
      '提供方没有拒绝登录，只是无法连接或要求等待。恢复连接后一分钟内就会发现。访问令牌到期时间：{expiresAt}。',
    ],
    login_cli_busy: [
      '正在等待 CLI',
      '此登录的副本在某个 CLI 中，未能取得它的锁；访问令牌于 {expiresAt} 到期。',
      '未使用任何令牌：如果 CLI 同时续期同一登录，登录就会终止。将自动重试；确定由谁持有此登录后便无需等待。',
    ],
    login_not_found: [
      '请重新登录',
      '提供方对此刷新连续{failures}次回复 404，访问令牌已于{expiresAt}过期。',
      '刷新令牌已被用过时，或地址变更时，提供方都会这样回复。持续这么久，此登录多半已经结束；仍会每天尝试刷新四次。',
    ],
    login_unknown_outcome: [
      '结果未知',
      '{uncertainAt}发出了一次刷新，但没有收到完整的回复。',
      '提供方可能已更换刷新令牌，而我们没有收到新的。当前访问令牌（到期时间：{expiresAt}）仍在使用。',
    ],
    login_refused: [
      '请重新登录',
      '提供方在{refusedAt}拒绝了刷新令牌（{refusalCode}）。',
      '此登录在提供方处已经结束，重试也无法恢复。',
    ],
    login_key_reset: [
      '请重新登录',
      '加密密钥在{refusedAt}被更换，而此登录只能用先前的密钥打开。',
      '提供方并未结束此登录；只是这里保存的内容已经丢失。',
    ],
    login_moved_away: [
      '已迁移到另一台机器',
      '此登录已于 {refusedAt} 导出到另一台机器使用，这里的副本已放弃。',
      '登录在那台机器上继续有效。若也要在这里使用此账户，请单独登录：每台机器各有自己的登录。',
    ],
    login_machine_retired: [
      '这台机器已退役',
      '这台机器的登录已于 {retiredAt} 迁移到另一台机器，因此这里不再刷新任何登录。',
      '此登录由另一台机器刷新。若要重新在这里使用，请在这台机器上登录该账户，或用带 --move 的导出和 “tokendeck restore” 迁回。',
    ],
    login_not_restored: [
      '请重新登录',
      '此账户已于 {refusedAt} 从另一台机器的导出文件恢复，但不含登录。',
      '登录仍在原处继续有效。这里需要为此账户单独登录。',
    ],
    login_outcome_lost: [
      '请重新登录',
      '先前一次刷新的回复丢失，提供方在{refusedAt}拒绝了令牌。',
      '提供方更换了刷新令牌，但回复没有到达。此登录无法继续。',
    ],
    login_suspect: [
      '不确定是否最新',
      '自{suspectAt}起，无法确定此刷新令牌是否最新：数据库被换成了较旧的副本，或持有登录的 CLI 可能已续期却没有写下来。',
      '它此后可能已被使用。它会被尝试一次；若提供方拒绝，则需要重新登录。',
    ],
    login_suspect_refused: [
      '请重新登录',
      '此处的刷新令牌不确定是否最新，提供方在{refusedAt}拒绝了它。',
      '登录在别处继续：在较旧的数据库副本之后，或在丢失了答复的 CLI 中，其后的内容不在这里。此登录无法继续。',
    ],
    login_expired_cli: [
      '等待 CLI',
      '{path} 中的访问令牌已于{expiresAt}到期。',
      '此登录归 CLI 所有，下次使用时由 CLI 续期。',
    ],
    login_ended_cli: [
      '登录已在 CLI 中结束',
      'CLI 清空了 {path} 中的登录。',
      'CLI 的刷新被拒绝，或有人在那里退出了登录。',
    ],
    login_file_missing: ['文件不见了', '{path} 已不存在。', 'CLI 退出了登录、改了保存位置，或文件被删除。'],
    login_file_other_account: [
      '文件中是另一个账户',
      '{path} 现在保存的是 {email} 的登录。',
      '有人在那里登录了另一个账户，此账户的登录已不在该文件中。',
    ],
    login_token_expired: ['令牌已到期', '令牌已于{expiresAt}到期。', '它没有刷新令牌，无法续期。'],
    login_period_over: [
      '请重新登录',
      '提供方规定的登录结束日期是{loginExpiresAt}。',
      '无论刷新多少次，登录都会在那一天结束。',
    ],
    data_fresh: ['数据是最新的', '组织和套餐读取于{readAt}。', '显示的就是提供方当前的信息。'],
    data_old: ['数据已旧', '组织和套餐最后一次读取于{readAt}。', '之后的读取没有成功，内容可能已变化（{failure}）。'],
    data_not_permitted: [
      '无权读取数据',
      '此登录没有读取个人资料和限额的权限。',
      '令牌可用于其用途，但无法用它读取组织、套餐和限额。',
    ],
    data_never_read: ['从未读取', '组织和套餐尚未读取（{failure}）。', '对此一无所知，因此什么也不显示。'],
    data_usage_fresh: ['限额是最新的', '限额读取于{readAt}。', '显示的就是提供方当前的数值。'],
    data_usage_old: [
      '限额已过时',
      '上次读取限额是在{readAt}。',
      '此后的读取未成功或未进行，实际用量可能已经更多（{failure}）。',
    ],
    data_usage_never_read: ['从未读取限额', '尚未能读取限额（{failure}）。', '对此一无所知，因此不显示任何数值。'],
    data_other_account: [
      '同一账户有两个',
      '提供方表示，此登录属于这里已列出的一个账户。',
      '没有合并任何内容：两个登录都原样保留。',
    ],
    owner_dashboard: [
      '归 Tokendeck 所有',
      '只有 Tokendeck 持有并刷新此登录。',
      '刷新令牌只能用一次。只有一个所有者，就不会有人在背后把它用掉。',
    ],
    owner_cli: [
      '归 CLI 所有',
      '{cli} 把此登录保存在 {path} 并负责刷新。',
      'Tokendeck 只监视并显示该文件，从不刷新它。',
    ],
    owner_nobody: ['无人可刷新', '没有刷新令牌。', '令牌会一直使用到结束为止。'],
    owner_conflict: [
      '有两个所有者',
      '{path} 中仍有一份由 Tokendeck 刷新的登录副本。',
      '如果 {cli} 刷新它的副本，提供方可能会把两边都结束。刷新令牌只能用一次。',
    ],
    owner_conflict_older: [
      '有两个所有者',
      '{path} 中有 Tokendeck 所刷新登录的较旧一代。',
      '其刷新令牌已被用过。{cli} 一旦使用，提供方可能视为盗用并结束整个登录。',
    ],
    owner_conflict_newer: [
      '有两个所有者',
      '{path} 曾存有此登录的副本，现在其中是 Tokendeck 不认识的令牌。',
      '很可能是 {cli} 刷新了副本，或重新登录了。在读取较新的令牌或将两者分开之前，无法判断。',
    ],
    owner_conflict_machine: [
      '有两个所有者',
      '{path} 中有 Tokendeck 所刷新的登录。',
      '那台机器上的 {cli} 可能刷新其副本，提供方随后可能结束两者。刷新令牌只能使用一次。',
    ],
    owner_conflict_clis: [
      '有两个所有者',
      '{path} 中的登录，{cli} 也保存在 {other} 中。',
      '两个文件都可能各自刷新。先刷新的一方会使另一方的令牌失效，提供方可能结束两者。',
    ],
  },
  next: {
    refresh_planned: 'Tokendeck 将刷新它（{nextRefreshAt}）。',
    retry_planned: 'Tokendeck 将再试一次（{nextRefreshAt}）。',
    cli_refreshes: 'CLI 在使用时会刷新它；{path} 的变化会立即显示。',
    nothing: '不会自动发生任何事。',
    limits_planned: '将于{nextReadAt}再次读取限额。',
    profile_planned: '每天一次，以及每次登录之后都会重新读取。',
    file_watched: '正在监视该文件，有变化会立即显示。',
  },
  advice: {
    nothing: '无需任何操作。',
    sign_in_again: '请重新登录。账户会保留名称和历史。',
    refresh_or_wait: '等待，或按“刷新”立即重试。',
    resume: '恢复账户后会再次刷新。',
    use_cli: '使用一次 CLI，或用 Tokendeck 自己的登录方式登录。',
    sign_in_with_cli: '在 CLI 中重新登录、在此处登录，或移除账户。',
    paste_new_token: '添加新的令牌，或登录。',
    link_or_remove: '重新登录此账户、关联文件中现在的账户，或移除此账户。',
    wider_sign_in: '在此处登录，即可获得能读取个人资料的登录。',
    remove_one: '请移除两个账户中不需要的那一个。',
    resolve_copy: '请在下方选择今后由谁拥有：CLI、Tokendeck，或各自使用自己的登录。在此之前请不要用 CLI 使用此副本。',
    resolve_copy_elsewhere: '请在下方选择今后由谁拥有，或在那台机器上移除该副本。在此之前请不要在那里使用 CLI。',
  },
}
