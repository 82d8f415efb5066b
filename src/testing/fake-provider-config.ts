/** The config.toml that points the program's two providers at a served fake provider. */

import { COPILOT_CLIENT_ID } from './fake-copilot-endpoints.ts'

/** @param origin of the served fake, such as `http://127.0.0.1:40123` */
export function fakeProviderConfigToml(origin: string): string {
  const claude = `${origin}/claude`
  const codex = `${origin}/codex`
  const copilot = `${origin}/copilot`
  return `[providers.claude]
authorization_url = "${claude}/cai/oauth/authorize"
token_url = "${claude}/v1/oauth/token"
revocation_url = "${claude}/v1/oauth/token/revoke"
profile_url = "${claude}/api/oauth/profile"
usage_url = "${claude}/api/oauth/usage"
api_key_url = "${claude}/api/oauth/claude_cli/create_api_key"
console_authorization_url = "${claude}/oauth/authorize"
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

[providers.copilot]
client_id = "${COPILOT_CLIENT_ID}"
authorization_url = "${copilot}/login/oauth/authorize"
token_url = "${copilot}/login/oauth/access_token"
profile_url = "${copilot}/user"
copilot_profile_url = "${copilot}/copilot_internal/user"
usage_url = "${copilot}/copilot_internal/user"
device_authorization_url = "${copilot}/login/device/code"
device_token_url = "${copilot}/login/oauth/access_token"
device_verification_uri = "${copilot}/login/device"
`
}
