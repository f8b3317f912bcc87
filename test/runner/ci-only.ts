/**
 * What only CI runs, by the beginning of a path, and why. Unit tests, the service on a socket, the local Okta and attacks
 * are not here: they are for every day. Single tests have `leftToCi` of test/kit/ci.ts.
 */
export const CI_ONLY: Readonly<Record<string, string>> = {
  'test/browser/': 'it drives Chromium',
  'test/deploy/': 'it starts replicas, and runs promtool',
  'test/docs/clients': 'it runs the clients of docs/clients.md',
  'test/docs/readme-blocks': 'it compiles and runs the programs of the README',
  'test/examples/': 'it runs every example',
  'test/fastify-okta/cli/doctor/redis-topologies': 'it starts a Redis Cluster and Sentinels',
  'test/fastify-okta/cli/doctor/without-doctor': 'it starts the service with every mistake',
  'test/greeting/graceful-stop': 'it starts the service for every kind of stop',
  'test/greeting/redis/failover': 'it starts a Redis Cluster and Sentinels',
  'test/greeting/redis/revocation-chaos': 'it stops Redis and replicas at random',
  'test/greeting/redis/revocation-fleet': 'it starts several replicas for each test',
  'test/greeting/redis/topologies': 'it starts a Redis Cluster and Sentinels',
  'test/greeting/redis/shared-state': 'it starts several replicas for each test',
  'test/greeting/telemetry/': 'it starts services with a collector',
  'test/hygiene/answers': 'it searches all that is logged for every answer of Okta',
  'test/hygiene/service': 'it searches all that the service answers and logs',
  'test/local-okta/console/accessibility': 'it drives Chromium',
  'test/local-okta/console/authorization-servers': 'it drives Chromium',
  'test/local-okta/console/tutorial': 'it drives Chromium',
  'test/local-okta/express-openid-connect': 'it drives Chromium',
  'test/local-okta/okta-auth-js': 'it drives Chromium',
  'test/local-okta/sign-in-page': 'it drives Chromium',
  'test/local-okta/sign-in-widget': 'it installs the sign-in widget, and drives Chromium',
  'test/package/': 'it packs and installs the tarballs',
  'test/postman/': 'it runs the Postman collection',
  'test/recipes/': 'it installs what the recipes are for',
  'test/runner/run': 'it runs the runner in every way'
}

/** Why `npm test` leaves a file to CI; undefined if it runs everywhere. */
export function reasonForCiOnly (source: string): string | undefined {
  return Object.entries(CI_ONLY).find(([path]) => source.startsWith(path))?.[1]
}
