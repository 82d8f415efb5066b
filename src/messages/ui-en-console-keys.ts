/** Texts of API keys made through a login, in English. */

export const consoleKeysEn = {
  consoleKeys: {
    title: 'API keys',
    lead: 'This login may make API keys for its organisation.',
    none: 'None was made here.',
    create: 'Create an API key',
    createTitle: (account: string) => `Create an API key with ${account}`,
    consequence:
      'A new key is made at the provider at once. What it is used for is billed to the organisation’s API account, not to a subscription. It lives until somebody deletes it in the Console: neither forgetting it here nor signing out ends it.',
    name: 'Name, for you',
    nameHint: 'Only shown here. The provider gives it a name of its own.',
    keep: 'Keep it here, encrypted, so that I can read it again',
    keepHint: 'Otherwise it is shown once, on the next page, and never again.',
    confirm: 'I know that it is billed and lives until it is deleted in the Console.',
    confirmCreate: 'Create the key',
    made: 'The key was made',
    madeOnce: 'Copy it now. It was not kept and cannot be shown again.',
    madeKept: 'Copy it now, or read it again later on the account’s page.',
    shown: 'This reading was written into the history.',
    key: 'API key',
    copy: 'Copy the key',
    console: 'Look at keys in the Console',
    ending: (hint: string) => `ends in ${hint}`,
    uncertain: 'Not known whether it was made: look in the Console.',
    kept: 'kept',
    notKept: 'not kept',
    reveal: 'Show',
    revealOf: (name: string) => `Show the key ${name}`,
    forget: 'Forget',
    forgetOf: (name: string) => `Forget the key ${name}`,
    forgetHint: 'Forgetting takes a key off this list. It does not delete it: do that in the Console.',
    back: 'Back to the account',
    variants: { console: 'Sign in to the Console' } as Record<string, string>,
    variantHints: {
      console:
        'For an organisation that pays for the API by use. The login makes API keys; it has no subscription limits.',
    } as Record<string, string>,
    needsClient: {
      lead: (provider: string) =>
        `${provider} needs a client id, and none comes with Tokendeck. Once, in a few minutes:`,
      register: 'Register an OAuth app and enable its device flow',
      write: 'Write its client id into config.toml:',
      restart: 'Start Tokendeck again.',
    },
  },
}
