export const HELP = `Usage: local-okta [options]

Runs an Okta org in memory, without an account: an authorization server, the management API, users, groups and apps.

It listens on 127.0.0.1, does not start with NODE_ENV=production, and loses everything when Ctrl+C stops it. It prints its
issuer, users with their passwords, clients, an API token, and lines to paste; with --json one line when it is ready.

Options:
  --port PORT   Where to listen; 0 for any free port. Default: LOCAL_OKTA_PORT, or 4000.
  --host HOST   An address or a name of this machine: where to listen, the host of every issuer, and a Host at which
                requests are served, beside the loopback's own. For containers: the name of the service, or 0.0.0.0 for
                every interface, with localhost in the issuers. Refused outside the loopback and private networks.
                Default: LOCAL_OKTA_HOST, or 127.0.0.1.
  --allow-public  Allow a --host outside private networks. Everybody there can sign in as anybody.
  --seed FILE   What the org starts with, as JSON or JSON5. Members that are left out are those of the shipped seed.
  --print-seed  Print the seed as JSON, and exit: the shipped one, or with --seed the one that the org would start with.
  --json        Print the result, or the error on the standard error, as one JSON object.
  -h, --help    Show this help.

Members of a seed:
  users         A list of users. profile: { login, email, firstName, lastName, … } and password are required.
                id; status: STAGED, PROVISIONED, ACTIVE (the default), RECOVERY, LOCKED_OUT, PASSWORD_EXPIRED, SUSPENDED or
                DEPROVISIONED; groups: names of groups.
  groups        A list of groups. name is required. id; description; type: OKTA_GROUP (the default), APP_GROUP or BUILT_IN.
                Everyone exists anyway, and every user is in it.
  applications  A list of apps. clientId, label, applicationType (browser, native, service or web), authMethod and
                grantTypes are required. clientSecret; redirectUris; postLogoutRedirectUris; grantedScopes; assignedGroups:
                names of groups; assignedUsers: logins; dpopBoundAccessTokens: true or false. The four apps of the shipped
                seed must be among them, by client id.
  scopes        A list of scopes of the default authorization server, beside those of OpenID Connect.
  groupsClaim   { name, filter }: a claim in tokens with the names of the user's groups that match filter, a regular
                expression; or null (the default) for no such claim.

Exit codes: 0 done, 1 failed, 2 usage error.`
