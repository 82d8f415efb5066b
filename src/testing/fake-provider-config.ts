/** The config.toml that points the program's two providers at a served fake provider. */

/** @param origin of the served fake, such as `http://127.0.0.1:40123` */
export function fakeProviderConfigToml(origin: string): string {
  const claude = `${origin}/claude`
  const codex = `${origin}/codex`
  return `[providers.claude]
authorization_url = "${claude}/cai/oauth/authorize"
token_url = "${claude}/v1/oauth/token"
revocation_url = "${claude}/v1/oauth/token/revoke"
profile_url = "${claude}/api/oauth/profile"
usage_url = "${claude}/api/oauth/usage"
paste_redirect_uri = "${claude}/oauth/code/callback"

[providers.codex]
authorization_url = "${codex}/oauth/authorize"
token_url = "${codex}/oauth/token"
revocation_url = "${codex}/oauth/revoke"
usage_url = "${codex}/backend-api/wham/usage"
device_authorization_url = "${codex}/api/accounts/deviceauth/usercode"
device_token_url = "${codex}/api/accounts/deviceauth/token"
device_verification_uri = "${codex}/codex/device"
device_redirect_uri = "${codex}/deviceauth/callback"
`
}
