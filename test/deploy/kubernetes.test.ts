import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import typescript from 'typescript'
import { parse, parseAllDocuments } from 'yaml'
import type { Deployment } from 'kubernetes-types/apps/v1.js'
import type { ConfigMap, Service, ServiceAccount } from 'kubernetes-types/core/v1.js'
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js'
import { SETTINGS } from '#greeting/settings/setting-definitions.js'

const FOLDER = 'deploy/kubernetes'

interface Manifests {
  readonly Deployment: Deployment
  readonly ConfigMap: ConfigMap
  readonly Service: Service
  readonly ServiceAccount: ServiceAccount
  readonly NetworkPolicy: NetworkPolicy
  readonly PodDisruptionBudget: PodDisruptionBudget
}

const { resources } = parse(await readFile(join(FOLDER, 'kustomization.yaml'), 'utf8')) as { resources: string[] }
const documents = (await Promise.all(resources.map(async (file) => parseAllDocuments(await readFile(join(FOLDER, file), 'utf8')).map((document) => document.toJS() as { apiVersion: string, kind: string })))).flat()
const manifests = Object.fromEntries(documents.map((document) => [document.kind, document])) as unknown as Manifests
const pod = manifests.Deployment.spec?.template
const container = pod?.spec?.containers[0]
const LABELS = { 'app.kubernetes.io/name': 'greeting' }

/** What the type checker says of manifests as the types that are made from Kubernetes' own OpenAPI description. */
function findTypeErrors (given: ReadonlyArray<{ readonly apiVersion: string, readonly kind: string }>): string[] {
  const file = join(import.meta.dirname, 'manifests.ts')
  const source = given.map(({ apiVersion, kind, ...rest }, i) => {
    const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
    return `export const manifest${i}: import('kubernetes-types/${group.split('.')[0]}/${version}').${kind} = ${JSON.stringify({ apiVersion, kind, ...rest })}`
  }).join('\n')
  const options = { strict: true, noEmit: true, types: [], lib: ['lib.es2022.d.ts'], module: typescript.ModuleKind.NodeNext, moduleResolution: typescript.ModuleResolutionKind.NodeNext }
  const host = typescript.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (name, ...rest) => name === file ? typescript.createSourceFile(name, source, typescript.ScriptTarget.ES2022) : getSourceFile(name, ...rest)
  const program = typescript.createProgram([file], options, host)
  return typescript.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, ' '))
}

t.test('the manifests are what Kubernetes describes: every field exists, is of its type, and none is missing', async (t) => {
  t.equal(documents.length, 6)
  t.same(findTypeErrors(documents), [])
})

t.test('a misspelt field, a wrong type and a missing field are found', async (t) => {
  const wrong = structuredClone(documents).map((document) => JSON.parse(JSON.stringify(document)
    .replace('readOnlyRootFilesystem', 'readOnlyRootFileSystem')
    .replace('"replicas":2', '"replicas":"2"')
    .replace('"podSelector"', '"podSelektor"')) as typeof document)
  const errors = findTypeErrors(wrong)

  for (const name of ['readOnlyRootFileSystem', 'number', 'podSelektor']) t.ok(errors.some((error) => error.includes(name)), name)
})

t.test('kustomization.yaml names every manifest', async (t) => {
  t.same([...resources, 'kustomization.yaml'].sort(), (await readdir(FOLDER)).sort())
})

t.test('two replicas, of which one at least stays when a node is drained or a version rolled out', async (t) => {
  t.equal(manifests.Deployment.spec?.replicas, 2)
  t.match(manifests.Deployment.spec?.strategy, { rollingUpdate: { maxUnavailable: 0 } })
  t.equal(manifests.PodDisruptionBudget.spec?.maxUnavailable, 1)
})

t.test('everything selects the pods of the deployment', async (t) => {
  t.match(pod?.metadata?.labels, LABELS)
  t.same(manifests.Deployment.spec?.selector.matchLabels, LABELS)
  t.same(manifests.Service.spec?.selector, LABELS)
  t.same(manifests.PodDisruptionBudget.spec?.selector?.matchLabels, LABELS)
  t.same(manifests.NetworkPolicy.spec?.podSelector.matchLabels, LABELS)
  t.equal(pod?.spec?.serviceAccountName, manifests.ServiceAccount.metadata?.name)
})

t.test('the container has no privileges, a read-only file system, and no token of the cluster', async (t) => {
  t.match(pod?.spec, { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } })
  t.match(container?.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
  t.notOk(container?.securityContext?.privileged ?? pod?.spec?.hostNetwork ?? container?.securityContext?.capabilities?.add)
  t.ok(container?.resources?.limits?.['memory'])
})

t.test('a replica gets requests once it is ready, also in an outage of Okta, and is restarted if it is not alive', async (t) => {
  t.equal(container?.startupProbe?.httpGet?.path, '/readyz')
  t.equal(container?.readinessProbe?.httpGet?.path, '/livez', 'no replica is ready in an outage, and each answers from its cache')
  t.equal(container?.livenessProbe?.httpGet?.path, '/livez')
  const stop = (container?.lifecycle?.preStop?.sleep?.seconds ?? 0) + 10
  t.ok((pod?.spec?.terminationGracePeriodSeconds ?? 0) > stop, 'a stop has more time than the service takes')
})

t.test('secrets come by reference, and what is written out is a setting', async (t) => {
  const sources = container?.envFrom ?? []
  t.same(sources.flatMap(({ configMapRef }) => configMapRef?.name ?? []), [manifests.ConfigMap.metadata?.name])
  t.equal(sources.filter(({ secretRef }) => secretRef !== undefined).length, 1)
  t.equal(container?.env, undefined)
  for (const [name, value] of Object.entries(manifests.ConfigMap.data ?? {})) {
    const { findIssue } = SETTINGS[name as keyof typeof SETTINGS]
    t.equal(findIssue(value), null, name)
    t.notMatch(name, /TOKEN|SECRET|PRIVATEKEY|KEYS/)
  }
})

t.test('the policy lets in the port of the service, and out to Okta, DNS, Redis and the collector only', async (t) => {
  const { policyTypes, ingress = [], egress = [] } = manifests.NetworkPolicy.spec ?? {}
  const portsOf = (rules: ReadonlyArray<{ ports?: Array<{ port?: number | string }> }>): unknown[] => rules.flatMap(({ ports = [] }) => ports.map(({ port }) => port))

  t.same(policyTypes, ['Ingress', 'Egress'])
  t.same(portsOf(ingress), [container?.ports?.[0]?.containerPort])
  t.same(portsOf(egress), [53, 53, 443, 6379, 4318])
  for (const rule of ingress) t.ok(rule.from?.length)
})
