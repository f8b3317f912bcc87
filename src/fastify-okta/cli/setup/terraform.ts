import { PROFILE_SCOPE, SIGN_IN_GRANT } from '../doctor/policies.js'
import { EVENT_TYPES } from '../event-types.js'
import { EVENT_HOOK_PATH } from '../settings/paths.js'
import { GRANT_TYPES, HOOK_NAME, POLICY_NAME, PROFILE_SCOPE_TEXT, RULE_NAME } from './names.js'
import type { Target } from './step.js'
import { urisOf } from './steps/app.js'

/**
 * The same objects as a configuration of the Okta provider (okta/okta, resources of its documentation). It describes what is to
 * be, and not what is missing: import what exists already. Everyone is not assigned, as only what it names is.
 */
export function describeAsTerraform (target: Target): string {
  const { publicUrl, group, appLabel, serverName } = target
  const { redirectUris, logoutUris } = urisOf(target)
  return `terraform {
  required_providers {
    okta = { source = "okta/okta" }
  }
}

variable "event_hook_secret" {
  type      = string
  sensitive = true
}

data "okta_auth_server" "server" {
  name = ${hcl(serverName)}
}

resource "okta_group" "greeted" {
  name        = ${hcl(group)}
  description = "May be greeted"
}

resource "okta_app_oauth" "page" {
  label                      = ${hcl(appLabel)}
  type                       = "browser"
  grant_types                = ${hcl(GRANT_TYPES)}
  response_types             = ["code"]
  redirect_uris              = ${hcl(redirectUris)}
  post_logout_redirect_uris  = ${hcl(logoutUris)}
  token_endpoint_auth_method = "none"
  pkce_required              = true
}

resource "okta_app_group_assignments" "page" {
  app_id = okta_app_oauth.page.id
  group {
    id = okta_group.greeted.id
  }
}

resource "okta_auth_server_scope" "profile_write" {
  auth_server_id   = data.okta_auth_server.server.id
  name             = ${hcl(PROFILE_SCOPE)}
  display_name     = ${hcl(PROFILE_SCOPE_TEXT)}
  description      = ${hcl(PROFILE_SCOPE_TEXT)}
  consent          = "IMPLICIT"
  metadata_publish = "ALL_CLIENTS"
}

resource "okta_auth_server_policy" "greeting" {
  auth_server_id   = data.okta_auth_server.server.id
  name             = ${hcl(POLICY_NAME)}
  description      = "Tokens for the greeting service"
  status           = "ACTIVE"
  priority         = 1
  client_whitelist = [okta_app_oauth.page.client_id]
}

resource "okta_auth_server_policy_rule" "greeting" {
  auth_server_id       = data.okta_auth_server.server.id
  policy_id            = okta_auth_server_policy.greeting.id
  name                 = ${hcl(RULE_NAME)}
  status               = "ACTIVE"
  priority             = 1
  group_whitelist      = ["EVERYONE"]
  grant_type_whitelist = ${hcl([SIGN_IN_GRANT])}
  scope_whitelist      = ["*"]
}

resource "okta_trusted_origin" "page" {
  name   = ${hcl(`Greeting service ${publicUrl}`)}
  origin = ${hcl(publicUrl)}
  scopes = ["CORS", "REDIRECT"]
}

resource "okta_event_hook" "service" {
  name   = ${hcl(HOOK_NAME)}
  events = ${hcl(EVENT_TYPES)}
  channel = {
    type    = "HTTP"
    version = "1.0.0"
    uri     = ${hcl(`${publicUrl}${EVENT_HOOK_PATH}`)}
  }
  auth = {
    type  = "HEADER"
    key   = "Authorization"
    value = var.event_hook_secret
  }
}

output "OKTA_OAUTH2_CLIENTID" {
  value = okta_app_oauth.page.client_id
}
output "OKTA_OAUTH2_ISSUER" {
  value = data.okta_auth_server.server.issuer
}`
}

/** A string, or a list of strings (HCL native syntax, template expressions): JSON, with template markers escaped. */
function hcl (value: string | readonly string[]): string {
  if (typeof value === 'string') return JSON.stringify(value).replace(/[$%](?=\{)/g, (marker) => marker + marker)
  return `[${value.map((each) => hcl(each)).join(', ')}]`
}
