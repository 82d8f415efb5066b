/** What a found credential file is and what can be done with it, as one sentence in four languages. */

import type { ReasonParams } from '../accounts/health-reason.ts'
import type { ImportAdvice } from '../accounts/import-candidate.ts'
import type { Language } from './languages.ts'
import { fillTemplate } from './template.ts'

type Sentences = Record<ImportAdvice, string>

const TEXTS: Record<Language, Sentences> = {
  en: {
    link: 'Link it to see it here while the CLI goes on refreshing it. Take it over only if the CLI will not use it any more.',
    link_in_use:
      'A running CLI uses it now ({usedBy}). Link it; taking it over while it is in use would end its login.',
    linked: 'Already linked: the CLI refreshes it, and every change is shown here.',
    dashboard_has_own:
      'Tokendeck already has a login of its own for this account. Both can stay side by side; nothing needs to be imported.',
    conflict:
      'This is a copy of a login that Tokendeck refreshes. Do not use the CLI with it: move the file away, or sign in separately.',
    expired: 'Its access token has expired; the CLI refreshes it when it is used next. It can be linked.',
    login_over: 'The provider’s time for this login is over. Sign in with the CLI again.',
    no_refresh_token: 'It has no refresh token, so it works only until it expires.',
    identity_unknown: 'Whose login this is cannot be told from the file. Use the CLI once, then look again.',
    link_tool:
      'Another tool’s file ({tool}). Link it to see it here while {tool} goes on refreshing it. Take it over only if {tool} is to be signed out: that happens at its next refresh.',
    link_tool_in_use:
      'Another tool’s file, and a running program uses it now ({usedBy}). Link it; taking it over signs that program out at its next refresh.',
    tool_identity_asked:
      'Another tool’s file ({tool}). It does not say whose login it is: the provider is asked when you link it or take it over.',
    tool_linked: 'Already linked: {tool} refreshes it, and every change is shown here.',
    tool_conflict:
      'This is a copy of a login that Tokendeck refreshes. {tool} is signed out at its next refresh, and that refresh can end the whole login: remove the entry there, or sign in there again.',
    unusable:
      '{tool} itself cannot use this entry: something is missing in it or of another kind. Sign in with {tool} again.',
    keychain:
      'Claude Code keeps this login in the macOS Keychain. It is read only when you press the button, and macOS asks you then. Linked, it is looked at only when you press again: what Claude Code refreshes in between is not seen. Reading was tried with a stand-in for the Keychain only.',
    keychain_linked:
      'Linked from the macOS Keychain: looked at only when you press the button, never in the background.',
    keychain_conflict:
      'Tokendeck refreshes a login that may still lie in the Keychain. Claude Code is signed out at its next refresh: sign in there again, then press the button to look.',
    blanked: 'The CLI ended this login itself. Sign in with the CLI again.',
    torn: 'The file is not whole. It may be being written just now; look again in a moment.',
    missing: 'There is no login here yet. Sign in with the CLI, or here.',
    api_key: 'This is an API key, not a sign-in. There is nothing to keep alive.',
    keyring: 'The CLI keeps its login in the system’s keyring, not in a file. Sign in here to have it on this page.',
    not_permitted: 'The file cannot be read. Check its owner and mode.',
    foreign: 'This is not an ordinary file of yours, so it was left alone.',
  },
  ja: {
    link: 'リンクすると、CLI が更新を続けたままここに表示されます。引き継ぐのは、CLI でもう使わない場合だけにしてください。',
    link_in_use:
      '実行中の CLI が使っています（{usedBy}）。リンクしてください。使用中に引き継ぐと、そのログインが終了します。',
    linked: 'リンク済みです。CLI が更新し、変化はすべてここに表示されます。',
    dashboard_has_own:
      'このアカウントには Tokendeck 自身のログインがあります。並べて使えるので、取り込む必要はありません。',
    conflict:
      'Tokendeck が更新するログインの写しです。CLI では使わず、ファイルを移すか、別々にサインインしてください。',
    expired: 'アクセストークンは切れています。次に使われたときに CLI が更新します。リンクできます。',
    login_over: 'プロバイダーが定めたこのログインの期間が終わりました。CLI でもう一度サインインしてください。',
    no_refresh_token: 'リフレッシュトークンがないため、期限までしか使えません。',
    identity_unknown: '誰のログインかファイルからは分かりません。CLI を一度使ってから、もう一度見てください。',
    link_tool:
      '別のツール（{tool}）のファイルです。リンクすると、{tool} が更新を続けたままここに表示されます。引き継ぐのは {tool} をサインアウトさせる場合だけにしてください。次の更新時にそうなります。',
    link_tool_in_use:
      '別のツールのファイルで、実行中のプログラムが使っています（{usedBy}）。リンクしてください。引き継ぐと、そのプログラムは次の更新時にサインアウトされます。',
    tool_identity_asked:
      '別のツール（{tool}）のファイルです。誰のログインかは書かれていません。リンクまたは引き継ぎのときにプロバイダーに問い合わせます。',
    tool_linked: 'リンク済みです。{tool} が更新し、変化はすべてここに表示されます。',
    tool_conflict:
      'Tokendeck が更新するログインの写しです。{tool} は次の更新時にサインアウトされ、その更新でログイン全体が終わることがあります。そちらの項目を削除するか、サインインし直してください。',
    unusable:
      'この項目は {tool} 自身も使えません。足りないものがあるか、種類が違います。{tool} でもう一度サインインしてください。',
    keychain:
      'Claude Code はこのログインを macOS のキーチェーンに保存しています。ボタンを押したときだけ読み、そのとき macOS が確認します。リンクした場合も、もう一度押すまで見ません。その間に Claude Code が更新したものは分かりません。読み取りは代わりのプログラムでのみ試しました。',
    keychain_linked: 'macOS のキーチェーンからリンク済みです。ボタンを押したときだけ見て、裏では見ません。',
    keychain_conflict:
      'Tokendeck が更新するログインがキーチェーンに残っているかもしれません。Claude Code は次の更新時にサインアウトされます。そちらでサインインし直し、ボタンを押して確かめてください。',
    blanked: 'このログインは CLI が自ら終了しました。CLI でもう一度サインインしてください。',
    torn: 'ファイルが不完全です。書き込み中かもしれません。少し待ってから見てください。',
    missing: 'ここにはまだログインがありません。CLI かこの画面でサインインしてください。',
    api_key: 'サインインではなく API キーです。維持するものはありません。',
    keyring:
      'CLI はログインをファイルではなくシステムのキーリングに保存しています。このページに表示するには、ここでサインインしてください。',
    not_permitted: 'ファイルを読めません。所有者と権限を確認してください。',
    foreign: '通常のファイルではないため、触れませんでした。',
  },
  zh: {
    link: '关联后即可在此查看，CLI 会继续刷新它。只有在 CLI 不再使用它时才应接管。',
    link_in_use: '正在运行的 CLI 正在使用它（{usedBy}）。请关联；在使用中接管会使其登录结束。',
    linked: '已关联：由 CLI 刷新，任何变化都会显示在这里。',
    dashboard_has_own: 'Tokendeck 已有此账户自己的登录。两者可以并存，无需导入。',
    conflict: '这是由 Tokendeck 刷新的登录的副本。请不要用 CLI 使用它：移走该文件，或分别登录。',
    expired: '其访问令牌已到期，下次使用时 CLI 会刷新它。可以关联。',
    login_over: '提供方规定的此登录期限已到。请在 CLI 中重新登录。',
    no_refresh_token: '它没有刷新令牌，只能用到到期为止。',
    identity_unknown: '从文件中无法得知这是谁的登录。请先使用一次 CLI，然后再看。',
    link_tool:
      '另一个工具（{tool}）的文件。关联后即可在此查看，{tool} 会继续刷新它。只有在要让 {tool} 退出登录时才应接管：它会在下次续期时退出。',
    link_tool_in_use:
      '另一个工具的文件，正在运行的程序正在使用它（{usedBy}）。请关联；接管会使该程序在下次续期时退出登录。',
    tool_identity_asked: '另一个工具（{tool}）的文件。其中没有说明这是谁的登录：关联或接管时会询问提供方。',
    tool_linked: '已关联：由 {tool} 刷新，任何变化都会显示在这里。',
    tool_conflict:
      '这是由 Tokendeck 刷新的登录的副本。{tool} 会在下次续期时退出登录，而那次续期可能使整个登录结束：请在那里删除该条目，或重新登录。',
    unusable: '{tool} 自己也无法使用此条目：其中缺少内容或类型不符。请在 {tool} 中重新登录。',
    keychain:
      'Claude Code 把此登录保存在 macOS 钥匙串中。只有在您按下按钮时才会读取，届时 macOS 会询问您。关联后也只在您再次按下时查看：其间 Claude Code 续期的内容不会被看到。读取只用替代程序试过。',
    keychain_linked: '已从 macOS 钥匙串关联：只在您按下按钮时查看，从不在后台查看。',
    keychain_conflict:
      '由 Tokendeck 刷新的登录可能仍在钥匙串中。Claude Code 会在下次续期时退出登录：请在那里重新登录，然后按下按钮查看。',
    blanked: 'CLI 自行结束了此登录。请在 CLI 中重新登录。',
    torn: '文件不完整，可能正在写入，请稍后再看。',
    missing: '这里还没有登录。请用 CLI 登录，或在此处登录。',
    api_key: '这是 API 密钥，不是登录，没有需要保持的内容。',
    keyring: 'CLI 把登录保存在系统钥匙串而不是文件中。在此处登录即可显示在本页。',
    not_permitted: '无法读取文件，请检查所有者和权限。',
    foreign: '这不是您的普通文件，因此未触碰。',
  },
  ko: {
    link: '연결하면 CLI가 계속 갱신하면서 여기에 표시됩니다. CLI가 더는 쓰지 않을 때만 넘겨받으세요.',
    link_in_use: '실행 중인 CLI가 쓰고 있습니다({usedBy}). 연결하세요. 쓰는 중에 넘겨받으면 그 로그인이 끝납니다.',
    linked: '이미 연결됨: CLI가 갱신하며 모든 변화가 여기에 표시됩니다.',
    dashboard_has_own: 'Tokendeck에 이 계정의 자체 로그인이 이미 있습니다. 나란히 둘 수 있으며 가져올 필요가 없습니다.',
    conflict: 'Tokendeck이 갱신하는 로그인의 사본입니다. CLI로 쓰지 말고 파일을 옮기거나 따로 로그인하세요.',
    expired: '액세스 토큰이 만료되었습니다. 다음에 사용할 때 CLI가 갱신합니다. 연결할 수 있습니다.',
    login_over: '제공자가 정한 이 로그인의 기간이 끝났습니다. CLI에서 다시 로그인하세요.',
    no_refresh_token: '리프레시 토큰이 없어 만료될 때까지만 쓸 수 있습니다.',
    identity_unknown: '파일만으로는 누구의 로그인인지 알 수 없습니다. CLI를 한 번 쓴 뒤 다시 확인하세요.',
    link_tool:
      '다른 도구({tool})의 파일입니다. 연결하면 {tool}이(가) 계속 갱신하면서 여기에 표시됩니다. {tool}을(를) 로그아웃시킬 때만 넘겨받으세요. 다음 갱신 때 그렇게 됩니다.',
    link_tool_in_use:
      '다른 도구의 파일이며 실행 중인 프로그램이 쓰고 있습니다({usedBy}). 연결하세요. 넘겨받으면 그 프로그램은 다음 갱신 때 로그아웃됩니다.',
    tool_identity_asked:
      '다른 도구({tool})의 파일입니다. 누구의 로그인인지 적혀 있지 않아, 연결하거나 넘겨받을 때 제공자에게 묻습니다.',
    tool_linked: '이미 연결됨: {tool}이(가) 갱신하며 모든 변화가 여기에 표시됩니다.',
    tool_conflict:
      'Tokendeck이 갱신하는 로그인의 사본입니다. {tool}은(는) 다음 갱신 때 로그아웃되고, 그 갱신이 로그인 전체를 끝낼 수 있습니다. 그쪽 항목을 지우거나 다시 로그인하세요.',
    unusable: '{tool} 자신도 이 항목을 쓸 수 없습니다. 빠진 것이 있거나 종류가 다릅니다. {tool}에서 다시 로그인하세요.',
    keychain:
      'Claude Code가 이 로그인을 macOS 키체인에 보관합니다. 버튼을 누를 때만 읽으며 그때 macOS가 묻습니다. 연결해도 다시 누를 때만 봅니다. 그 사이 Claude Code가 갱신한 것은 보이지 않습니다. 읽기는 대역 프로그램으로만 시험했습니다.',
    keychain_linked: 'macOS 키체인에서 연결됨: 버튼을 누를 때만 보며 백그라운드에서는 보지 않습니다.',
    keychain_conflict:
      'Tokendeck이 갱신하는 로그인이 키체인에 남아 있을 수 있습니다. Claude Code는 다음 갱신 때 로그아웃됩니다. 그쪽에서 다시 로그인한 뒤 버튼을 눌러 확인하세요.',
    blanked: 'CLI가 이 로그인을 스스로 끝냈습니다. CLI에서 다시 로그인하세요.',
    torn: '파일이 온전하지 않습니다. 지금 쓰는 중일 수 있으니 잠시 뒤 다시 확인하세요.',
    missing: '여기에는 아직 로그인이 없습니다. CLI나 여기서 로그인하세요.',
    api_key: '로그인이 아니라 API 키입니다. 유지할 것이 없습니다.',
    keyring: 'CLI가 로그인을 파일이 아니라 시스템 키링에 보관합니다. 이 페이지에 표시하려면 여기서 로그인하세요.',
    not_permitted: '파일을 읽을 수 없습니다. 소유자와 권한을 확인하세요.',
    foreign: '본인의 일반 파일이 아니어서 건드리지 않았습니다.',
  },
}

/** The sentence for a found file. Plain text: whoever shows it escapes it. Errors: none; total. */
export function adviceText(language: Language, code: ImportAdvice, params: ReasonParams): string {
  return fillTemplate(language, TEXTS[language][code], params, 0)
}
