/** Refusals in Simplified Chinese. */

import type { ErrorTexts } from '../errors.ts'
import { switchingZh } from './zh-switching.ts'

export const zh: ErrorTexts = {
  ...switchingZh,
  account_not_found: ['没有这个账户', '没有名为“{account}”的账户，可能已被移除。'],
  account_ambiguous: ['有多个账户符合', '“{account}”符合 {count} 个账户。请使用 ID，或只有一个账户使用的标签。'],
  unknown_provider: ['未知的提供方', '“{provider}”既不是内置的，也不在 config.toml 中。'],
  method_not_offered: ['不支持', '{provider} 不支持这种登录方式（{method}）。'],
  consent_needed: ['需要您先确认', '提供方的条款限制在其他程序中登录 {provider}。请阅读登录对话框中的说明并确认一次。'],
  authorization_not_found: ['没有这次登录', '这次登录已不存在，请重新开始。'],
  authorization_over: ['这次登录已结束', '它已经结束（{status}），请重新开始。'],
  authorization_other_browser: [
    '在另一个浏览器中开始',
    '这次登录是在另一个浏览器中开始的。请在那里完成，或在此处重新开始。',
  ],
  authorization_ambiguous: [
    '这是哪一次登录？',
    '有多次登录正在等待。请粘贴完整地址或带 # 之后部分的代码，或取消其他登录。',
  ],
  response_empty: ['没有粘贴内容', '请粘贴提供方显示的代码，或最后打开的完整地址。'],
  response_unreadable: ['这不是代码', '粘贴的内容既不是代码，也不是带代码的地址。请重新完整复制。'],
  response_code_missing: ['缺少代码', '地址中没有代码。请在提供方最后的页面加载后重新复制。'],
  response_state_missing: ['缺少 # 之后的部分', '请复制完整代码，包括 # 及其后的内容。'],
  response_state_mismatch: ['这是另一次登录的代码', '它属于另一次或更早的登录。请打开这次登录的链接并复制新代码。'],
  response_issuer_mismatch: ['来自另一个提供方的回复', '回复中的签发者与所请求的不同，未使用。'],
  response_duplicated_parameter: ['回复格式错误', '地址中有重复的参数，未使用。'],
  sign_in_denied: ['登录被拒绝', '提供方表示登录被拒绝。{detail}'],
  provider_error: ['提供方报告错误', '{failureCode}：{detail}'],
  provider_unreachable: ['无法连接提供方', '无法连接（{failureCode}）。请检查网络后重试。'],
  provider_rate_limited: ['提供方要求等待', '请求过多。重试时间：{retryAt}。'],
  code_rejected: ['提供方拒绝了代码', '代码只能用一次，且只在几分钟内有效。请重新开始登录。{detail}'],
  identity_unknown: ['这是谁的登录？', '{provider} 接受了登录，但没有说明属于谁，因此没有保存为账户。'],
  identity_mismatch: [
    '这是另一个账户',
    '此账户是 {expected}，但您以 {actual} 登录。未做任何更改。请以 {expected} 登录，或把 {actual} 添加为单独的账户。',
  ],
  ports_taken: ['回调端口被占用', '端口 {ports} 正被 {holder} 使用。请使用设备代码，或粘贴最后打开的地址。'],
  device_not_enabled: [
    '设备代码未启用',
    '{provider} 的此账户关闭了设备代码登录。请在账户安全设置中启用，或用浏览器登录。',
  ],
  token_unreadable: ['这不是令牌', '这不是该提供方的令牌。请单独粘贴，不要带引号或换行。'],
  token_missing: ['缺少令牌', '需要 {field}。'],
  token_refused: ['提供方拒绝了令牌', '它已过期、被撤销，或不属于该提供方（{failureCode}）。未保存任何内容。'],
  file_missing: ['没有凭据文件', '{path} 处没有文件。请先用 CLI 登录。'],
  file_keyring: [
    'CLI 把登录保存在钥匙串中',
    '{cli} 设置为把登录保存在系统钥匙串中，{path} 处没有可关联的文件。请在此处登录，或将 CLI 设为使用文件。',
  ],
  file_unusable: [
    '不是可用的登录',
    '写入 {path} 的工具自己也无法使用其中内容：缺少内容或类型不符。请用该工具重新登录。',
  ],
  file_no_login: [
    '没有已知提供方的登录',
    '{path} 是另一个工具的文件，其中没有 Tokendeck 可以显示的登录。API 密钥不是登录。',
  ],
  file_several_logins: ['文件中的哪个登录？', '{path} 中有多个登录。请指定其中一个：{names}'],
  keychain_not_here: ['没有可读取的钥匙串', '{path} 的登录不在可从这里打开的 macOS 钥匙串中。'],
  keychain_refused: [
    '钥匙串未打开',
    'macOS 没有从“{item}”给出登录（{detail}）：没有此项目，或未获允许。未作任何更改。',
  ],
  file_torn: ['文件不完整', '{path} 不是完整的 JSON，可能正在写入。请稍后重试。'],
  file_blanked: ['此文件中的登录已结束', '提供方拒绝刷新后，CLI 清空了 {path}。请在 CLI 中重新登录。'],
  file_api_key: ['是 API 密钥，不是登录', '{path} 中是 API 密钥，没有可关联的登录。'],
  file_not_permitted: ['无法读取文件', '无法读取 {path}（{detail}）。请检查所有者和权限。'],
  file_foreign: ['不是您的普通文件', '未触碰 {path}：{detail}。'],
  file_unknown_provider: ['这是什么文件？', '{path} 不是已知 CLI 的凭据文件。'],
  already_linked: ['已经存在', '此登录已显示为 {account}。'],
  already_dashboard: [
    'Tokendeck 已有自己的登录',
    '{account} 由 Tokendeck 刷新。关联 CLI 的文件会把两个登录混在一起。如果应归 CLI 所有，请先移除账户。',
  ],
  not_custodian: [
    '此登录归 CLI 所有',
    '它保存在 {path} 并由 CLI 刷新。在此处刷新可能使两边都结束。如果应归 Tokendeck 所有，请先接管。',
  ],
  no_refresh_token: ['无法刷新', '没有刷新令牌。请添加新的令牌，或登录。'],
  reauthorization_required: ['请重新登录', '{account} 的登录在提供方处已结束。'],
  try_again_later: ['请稍后再试', '无法连接提供方，或对方要求等待。下次尝试：{retryAt}。'],
  revoke_would_break_cli: [
    '这会使 CLI 退出登录',
    '此登录也在 {path} 中，在提供方处退出会使其也结束。请改为仅在此处忘记；或再次确认也要在那里结束：勾选该框、API 用 `confirm_cli=true`、命令行用 `--even-cli`。',
  ],
  label_invalid: ['无法使用此标签', '请使用 1 到 80 个可见字符。'],
  home_invalid: ['无法在此目录中查找', '“{path}”不是绝对路径，或者超过二十个。'],
  cli_sign_in_not_running: ['CLI 已不再等待', '它已经结束。请重新启动以获取新代码。'],
  key_rotation_under_way: ['正在更换密钥', '加密密钥正在更换中，请等待完成。'],
  key_rotation_shared: [
    '其他机器可能正在使用此数据库',
    '它们会继续使用旧密钥。请先停止所有机器上的 Tokendeck，然后加上 --others-stopped。之后每台机器都需要新密钥：在这里运行 “tokendeck key export”，在那里运行 “tokendeck key import”。',
  ],
  key_rotation_refused: ['密钥未更换', '{detail}'],
  client_id_missing: [
    '{provider} 需要客户端 ID',
    'Tokendeck 不自带它。请在 {url} 注册启用设备登录的 OAuth 应用，把它的 ID 写进 config.toml 的 [providers.{id}] 下的 client_id，然后重新启动 Tokendeck。',
  ],
  login_narrower: [
    '该登录的权限比现有的小',
    '{account} 在这里已有权限更大的登录，Console 登录会替换它。没有更改任何内容。请在 Console 中选择另一个组织，或用现有登录创建密钥。',
  ],
  api_keys_not_offered: [
    '此登录不能创建 API 密钥',
    '{provider} 只为拥有该权限的登录创建 API 密钥。登录 Console 即可获得。',
  ],
  api_key_not_confirmed: [
    '请确认',
    '密钥的用量计入组织的 API 账户，并在 Console 中删除之前一直有效。请勾选，或发送 confirm: true。',
  ],
  api_key_used: ['此表单已提交过', '一个表单只创建一个密钥。请查看列表；要再创建请重新打开表单。'],
  api_key_refused: [
    '{provider} 没有创建密钥',
    '它拒绝了：{failureCode}。{detail} 常见原因是组织还没有 API 计费，或您的角色不能创建密钥。没有创建任何内容，也不会计费。',
  ],
  api_key_unknown: [
    '不知道密钥是否已创建',
    '{provider} 的回答没有完整到达（{failureCode}）。可能创建了一个没人见过的密钥：请查看 {url}，删除您不认识的。不会自动重试。',
  ],
  api_key_not_found: ['没有这个密钥', '这里已不再有此密钥。'],
  api_key_not_kept: [
    '此密钥没有保存',
    '它只显示过一次而没有保存，或已随以前的加密密钥作废。请创建新的，并在 Console 中删除旧的。',
  ],
  sign_out_not_found: ['没有这个退出登录', '这里已不再有此记录。'],
  sign_out_over: ['此退出登录已结束', '它不再尝试，因此没有可尝试或停止的。可以将它从列表移除。'],
  sign_out_pending: [
    '此登录正在退出',
    '您要求在提供方退出 {account}，该操作仍在尝试：此登录很快会失效。请先在“在提供方退出登录”处或用 “tokendeck sign-outs stop {revocation}” 停止，或重新登录以产生另一个登录。',
  ],
  store_failed: [
    '无法保存',
    '数据库没有响应或无法写入。请检查可用空间和权限，若为远程数据库还请检查网络；没有丢失任何内容。',
  ],
}
