import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { SETTINGS } from '#greeting/settings/setting-definitions.js'

interface Service {
  image: string
  healthcheck?: unknown
  depends_on?: Record<string, unknown>
  volumes?: string[]
  build?: { context: string, dockerfile: string, target: string }
  profiles?: string[]
  environment?: Record<string, string | null>
  network_mode?: string
  ports?: string[]
  command?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  tmpfs?: string[]
  privileged?: boolean
  cap_add?: string[]
}

const { services } = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }) as { services: Record<string, Service> }
const dockerfile = await readFile('deploy/Dockerfile', 'utf8')
const dockerignore = (await readFile('.dockerignore', 'utf8')).split('\n')
const stages = dockerfile.split(/^(?=FROM )/m).slice(1)

t.test('every port is published on the loopback only', async t => {
  const ports = Object.fromEntries(Object.entries(services).filter(([, service]) => service.ports !== undefined).map(([name, service]) => [name, service.ports]))
  const here = ['127.0.0.1:3000:3000', '127.0.0.1:4000:4001']

  t.same(ports, { service: here, okta: here, prometheus: ['127.0.0.1:9090:9090'], grafana: ['127.0.0.1:3030:3000'] })
})

t.test('the service listens for what is published and names the address that callers use', async t => {
  t.match(services.service?.environment, { HOST: '0.0.0.0', PORT: 3000, PUBLIC_URL: 'http://127.0.0.1:3000' })
})

t.test('settings of Okta are passed on and none is set here: without them the local Okta starts', async t => {
  const settings = Object.entries(services.service?.environment ?? {}).filter(([name]) => name.startsWith('OKTA_'))

  t.ok(settings.length > 0)
  for (const [name, value] of settings) t.equal(value, null, name)
})

t.test('the local Okta is reached through the network of the service, at its one address', async t => {
  const door = services['local-okta-port']

  t.equal(door?.network_mode, 'service:service')
  t.equal(door?.ports, undefined, 'a shared network has its ports where it is defined')
  t.same(door?.command?.slice(-2), ['4001', '4000'])
})

t.test('every service is built from a stage that exists, or has an image with an exact version', async t => {
  for (const [name, { build, image }] of Object.entries(services)) {
    if (build === undefined) {
      t.match(image, /^[a-z/]+:v?\d+\.\d+\.\d+(?:-[a-z]+)?$/, name)
      continue
    }
    t.equal(build.dockerfile, 'deploy/Dockerfile', name)
    t.ok(stages.some(stage => stage.startsWith(`FROM node:24-slim AS ${build.target}\n`)), name)
  }
})

t.test('without a profile there is the service with the local Okta, and each profile adds what it is called', async t => {
  const namesOf = (profile?: string): string[] => Object.entries(services).filter(([, { profiles }]) => profile === undefined ? profiles === undefined : profiles?.includes(profile)).map(([name]) => name)

  t.same(namesOf(), ['service', 'local-okta-port'])
  t.same(namesOf('replicas'), ['okta', 'okta-port', 'replica-1', 'replica-2', 'proxy', 'redis'])
  t.same(namesOf('redis'), ['redis'])
  t.same(namesOf('metrics'), ['prometheus', 'grafana'])
})

t.test('the proxy starts everything that it needs, and the two replicas differ in their ports only', async t => {
  const needed = (name: string): string[] => [name, ...Object.keys(services[name]?.depends_on ?? {}).flatMap(needed)]
  t.same([...new Set(needed('proxy'))].sort(), ['okta', 'okta-port', 'proxy', 'redis', 'replica-1', 'replica-2'])

  const [one, two] = [services['replica-1'], services['replica-2']]
  t.same({ ...two, environment: { ...two?.environment, PORT: 3001 } }, one)
  t.same(services['proxy']?.command?.slice(-3), ['3000', one?.environment?.['PORT'], two?.environment?.['PORT']].map(String))
})

t.test('the files that containers run or mount exist', async t => {
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0] as string))
  const run = Object.values(services).flatMap(({ command = [] }) => command.filter((word) => word.startsWith('deploy/')))

  for (const file of [...mounted, ...run]) t.ok(existsSync(file), file)
  for (const file of run) t.ok(dockerignore.includes(`!${file}`), `${file} is in the image`)
})

t.test('no container can write to its image, or has or gains privileges', async t => {
  for (const [name, service] of Object.entries(services)) {
    t.match(service, { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name)
    t.ok(service.tmpfs?.includes('/tmp'), name)
    t.notOk(service.privileged ?? service.cap_add, name)
  }
})

t.test('every setting can be given to the container', async t => {
  const outside = new Set(['LOCAL_OKTA_PORT'])
  for (const setting of Object.keys(SETTINGS)) {
    if (!outside.has(setting)) t.ok(Object.hasOwn(services.service?.environment ?? {}, setting), setting)
  }
})

t.test('every stage is built on a Node that is still supported', async t => {
  for (const stage of stages) t.match(stage, /^FROM node:24-slim AS /)
})

t.test('the last stage is for production: no development dependencies, no privileges, a health check', async t => {
  const production = stages.at(-1)

  t.match(production, /^FROM \S+ AS production$/m)
  t.match(production, /NODE_ENV=production/)
  t.match(production, /npm ci --omit=dev/)
  t.match(production, /^USER node$/m)
  t.match(production, /^HEALTHCHECK /m)
})

t.test('the production stage has everything that it runs', async t => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as { packages: Record<string, { dev?: boolean }> }
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, Record<string, unknown>>
  const isOptional = (name: string): boolean => peerDependenciesMeta?.[name] !== undefined

  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (!isOptional(name)) t.notOk(packages[`node_modules/${name}`]?.dev, name)
  }
})
