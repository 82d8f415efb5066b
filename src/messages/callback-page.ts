/** Words of the page that a browser sees when it comes back from a provider. Names and details are filled in by the view. */

import type { CallbackPageState } from '../accounts/callback-page.ts'
import type { Language } from './languages.ts'

/** One page: what happened, what it means, and what to do next. */
export interface CallbackPageText {
  title: string
  text: string
}

export interface CallbackPageMessages {
  /** Label of the link to the dashboard. */
  toDashboard: string
  /** Stands before the provider's own words. */
  providerSays: (provider: string) => string
  pages: {
    [Kind in CallbackPageState['kind']]: (state: Extract<CallbackPageState, { kind: Kind }>) => CallbackPageText
  }
}

const en: CallbackPageMessages = {
  toDashboard: 'Open Tokendeck',
  providerSays: (provider) => `${provider} says:`,
  pages: {
    connected: (state) => ({
      title: `${state.accountName} is signed in`,
      text: `Tokendeck keeps this ${state.providerName} account signed in from now on. You can close this tab.`,
    }),
    denied: (state) => ({
      title: 'You did not allow the sign-in',
      text: `${state.providerName} was told no, so nothing was connected. You can begin again in Tokendeck.`,
    }),
    failed: (state) => ({
      title: 'The sign-in did not finish',
      text: `${state.providerName} sent you back, but the sign-in could not be completed (${state.code}). Tokendeck shows the reason; begin again there.`,
    }),
    unknown_sign_in: () => ({
      title: 'This answer belongs to no sign-in that is waiting',
      text: 'It is from another sign-in, or from one that is over. Nothing was changed. If a sign-in is open in Tokendeck, it goes on waiting.',
    }),
    nothing: () => ({
      title: 'Nothing more to do here',
      text: 'You can close this tab. Tokendeck shows how the sign-in ended.',
    }),
    trouble: () => ({
      title: 'Tokendeck ran into a problem',
      text: 'The answer could not be handled just now. Look at the sign-in in Tokendeck, and open its link again if it still waits.',
    }),
    other_browser: (state) => ({
      title: 'This is not the browser that began the sign-in',
      text: `Nothing was changed, and the sign-in to ${state.providerName} goes on waiting. Open its link in the browser where you began it.`,
    }),
    unreadable: () => ({
      title: 'The answer is not complete',
      text: 'Something is missing in it, or stands in it twice. Nothing was changed, and the sign-in goes on waiting. Open its link again.',
    }),
  },
}

const ja: CallbackPageMessages = {
  toDashboard: 'Tokendeck を開く',
  providerSays: (provider) => `${provider} からのメッセージ:`,
  pages: {
    connected: (state) => ({
      title: `${state.accountName} にサインインしました`,
      text: `この ${state.providerName} アカウントのサインインは、これから Tokendeck が維持します。このタブは閉じてかまいません。`,
    }),
    denied: (state) => ({
      title: 'サインインは許可されませんでした',
      text: `${state.providerName} で許可されなかったため、何も接続していません。Tokendeck からやり直せます。`,
    }),
    failed: (state) => ({
      title: 'サインインを完了できませんでした',
      text: `${state.providerName} から戻りましたが、サインインを完了できませんでした (${state.code})。理由は Tokendeck に表示されます。そこからやり直してください。`,
    }),
    unknown_sign_in: () => ({
      title: 'この応答を待っているサインインはありません',
      text: '別のサインイン、またはすでに終わったサインインの応答です。何も変更していません。Tokendeck で進行中のサインインは、そのまま待ち続けます。',
    }),
    nothing: () => ({
      title: 'ここですることはもうありません',
      text: 'このタブは閉じてかまいません。サインインの結果は Tokendeck に表示されます。',
    }),
    trouble: () => ({
      title: 'Tokendeck で問題が起きました',
      text: '今は応答を処理できませんでした。Tokendeck でサインインの状態を確認し、まだ待っていればリンクをもう一度開いてください。',
    }),
    other_browser: (state) => ({
      title: 'サインインを始めたブラウザーではありません',
      text: `何も変更していません。${state.providerName} へのサインインは待ち続けています。始めたブラウザーでリンクを開いてください。`,
    }),
    unreadable: () => ({
      title: '応答が不完全です',
      text: '足りない項目、または重複した項目があります。何も変更していません。サインインは待ち続けています。リンクをもう一度開いてください。',
    }),
  },
}

const zh: CallbackPageMessages = {
  toDashboard: '打开 Tokendeck',
  providerSays: (provider) => `${provider} 的说明：`,
  pages: {
    connected: (state) => ({
      title: `${state.accountName} 已登录`,
      text: `从现在起，Tokendeck 会让这个 ${state.providerName} 账号保持登录。您可以关闭此标签页。`,
    }),
    denied: (state) => ({
      title: '登录未获允许',
      text: `您在 ${state.providerName} 选择了不允许，因此没有连接任何账号。可以在 Tokendeck 中重新开始。`,
    }),
    failed: (state) => ({
      title: '登录没有完成',
      text: `${state.providerName} 已将您送回，但登录未能完成（${state.code}）。Tokendeck 会显示原因，请在那里重新开始。`,
    }),
    unknown_sign_in: () => ({
      title: '没有登录在等待这个回应',
      text: '它来自另一次登录，或来自已经结束的登录。没有任何更改。如果 Tokendeck 中有正在进行的登录，它会继续等待。',
    }),
    nothing: () => ({
      title: '这里没有需要做的了',
      text: '您可以关闭此标签页。登录结果会显示在 Tokendeck 中。',
    }),
    trouble: () => ({
      title: 'Tokendeck 遇到了问题',
      text: '暂时无法处理这个回应。请在 Tokendeck 中查看这次登录；如果它仍在等待，请再次打开链接。',
    }),
    other_browser: (state) => ({
      title: '这不是开始登录的那个浏览器',
      text: `没有任何更改，${state.providerName} 的登录会继续等待。请在开始登录的浏览器中打开链接。`,
    }),
    unreadable: () => ({
      title: '回应不完整',
      text: '其中缺少内容，或有内容重复。没有任何更改，登录会继续等待。请再次打开链接。',
    }),
  },
}

const ko: CallbackPageMessages = {
  toDashboard: 'Tokendeck 열기',
  providerSays: (provider) => `${provider}의 메시지:`,
  pages: {
    connected: (state) => ({
      title: `${state.accountName} 계정에 로그인했습니다`,
      text: `이제부터 Tokendeck이 이 ${state.providerName} 계정의 로그인을 유지합니다. 이 탭은 닫아도 됩니다.`,
    }),
    denied: (state) => ({
      title: '로그인이 허용되지 않았습니다',
      text: `${state.providerName}에서 허용하지 않아 아무것도 연결하지 않았습니다. Tokendeck에서 다시 시작할 수 있습니다.`,
    }),
    failed: (state) => ({
      title: '로그인을 마치지 못했습니다',
      text: `${state.providerName}에서 돌아왔지만 로그인을 마치지 못했습니다(${state.code}). 이유는 Tokendeck에 표시됩니다. 그곳에서 다시 시작하세요.`,
    }),
    unknown_sign_in: () => ({
      title: '이 응답을 기다리는 로그인이 없습니다',
      text: '다른 로그인이나 이미 끝난 로그인의 응답입니다. 아무것도 바뀌지 않았습니다. Tokendeck에서 진행 중인 로그인은 계속 기다립니다.',
    }),
    nothing: () => ({
      title: '여기서 더 할 일은 없습니다',
      text: '이 탭은 닫아도 됩니다. 로그인 결과는 Tokendeck에 표시됩니다.',
    }),
    trouble: () => ({
      title: 'Tokendeck에 문제가 생겼습니다',
      text: '지금은 응답을 처리하지 못했습니다. Tokendeck에서 로그인을 확인하고, 아직 기다리고 있다면 링크를 다시 여세요.',
    }),
    other_browser: (state) => ({
      title: '로그인을 시작한 브라우저가 아닙니다',
      text: `아무것도 바뀌지 않았고 ${state.providerName} 로그인은 계속 기다립니다. 로그인을 시작한 브라우저에서 링크를 여세요.`,
    }),
    unreadable: () => ({
      title: '응답이 완전하지 않습니다',
      text: '빠진 항목이나 중복된 항목이 있습니다. 아무것도 바뀌지 않았고 로그인은 계속 기다립니다. 링크를 다시 여세요.',
    }),
  },
}

/** The words by language. */
export const callbackPageMessages: Record<Language, CallbackPageMessages> = { en, ja, zh, ko }
