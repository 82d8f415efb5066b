/** Texts of removing an account and of signing out at a provider, in English. */

export const signOutEn = {
  removal: {
    title: (account: string) => `Remove ${account}`,
    lead: 'Its tokens here are deleted. What happened stays in the history.',
    forget: 'Forget here',
    forgetHint:
      'Deletes the tokens from this machine’s database. The login is not ended: copies elsewhere go on working.',
    forgetCli: 'Stops watching the file. The CLI stays signed in.',
    revoke: 'Sign out at the provider',
    reach: {
      login: 'Ends the login for everybody who holds a copy of it, then deletes it here.',
      access_token:
        'Only an access token is kept here. The provider is asked to end that token; the login that it came from goes on.',
      setup_token: 'The provider is asked to end this setup token. Scripts and machines that use it stop working.',
      not_supported: 'This provider takes no sign-out from programs. Forget it here, and end the session there.',
      key_reset:
        'Its token was given up with the former encryption key, so the provider cannot be asked. End the session there.',
    },
    persists: 'A provider that cannot do it now is asked again for seven days.',
    uncertain:
      'The last refresh has no known outcome: the provider may have handed out a newer token that this sign-out cannot name.',
    breaks: 'This would sign out:',
    noCopies: 'No other copy of this login is known.',
    kinds: { cli_file: 'CLI file', profile: 'profile', machine: 'machine', export: 'export', backup: 'backup' },
    onMachine: (machine: string) => `on ${machine}`,
    usedBy: (programs: string) => `in use by ${programs}`,
    secondYes: 'Yes, end it there too. Whoever uses it has to sign in again.',
    activeIn: (cli: string) => `${cli} is signed in with this account right now.`,
    confirmForget: 'Forget account',
    confirmRevoke: 'Sign out and remove',
  },
  revocations: {
    title: 'Signing out at the provider',
    account: (account: string, provider: string) => `${account} at ${provider}`,
    pending: 'Not confirmed yet: the login is still valid there.',
    nextTry: 'Next try',
    givesUp: 'given up',
    confirmed: 'The provider confirmed the sign-out.',
    not_confirmed: (provider: string) =>
      `Given up: the login may still be valid. End the session at ${provider} yourself.`,
    tryNow: 'Try now',
    stop: 'Stop trying',
    dismiss: 'Dismiss',
    stopHint:
      'Stopping leaves the login valid at the provider and gives its token up here: end the session there yourself.',
    tries: (count: number) => (count === 1 ? '1 try' : `${count} tries`),
  },
}
