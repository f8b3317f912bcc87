import okta from '@okta/okta-sdk-nodejs'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { refusalOf } from '../app-client.js'
import type { Json } from '../description.js'
import { share } from '../start.js'

/** An API of the SDK. What its operations take and give is plain JSON here: the SDK's types want every member. */
type Api<Typed> = { readonly [Name in keyof Typed]: (parameters?: Json) => Promise<any> } // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it with t.match

/** Every API of the SDK. */
export type Sdk = { readonly [Name in keyof okta.Client]: Api<okta.Client[Name]> }

/** The real SDK with the API token of the org that the tests of a file share. */
export async function shareSdk (): Promise<{ readonly sdk: Sdk, readonly org: LocalOkta }> {
  const org = await share()
  return { sdk: new okta.Client({ orgUrl: org.orgUrl, token: org.apiToken }) as unknown as Sdk, org }
}

/** Everything in a collection, through all of its pages. */
export async function listOf (collection: Promise<AsyncIterable<Json | null>>): Promise<Json[]> {
  const items: Json[] = []
  for await (const item of await collection) if (item !== null) items.push(item)
  return items
}

/** Expects a refusal by Okta's codes. */
export async function refused (t: Pick<Test, 'match'>, request: Promise<unknown>, status: number, errorCode: string, message = errorCode): Promise<void> {
  t.match(await refusalOf(request), { status, errorCode }, message)
}

/** Expects that what has been deleted is not found. */
export async function isGone (t: Pick<Test, 'match'>, request: Promise<unknown>): Promise<void> {
  await refused(t, request, 404, 'E0000007', 'it is gone')
}
