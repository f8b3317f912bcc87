import type { TrafficName } from '../peers.js'
import type { Row } from '../rows.js'
import { spreadOf } from '../statistics.js'

const [WIDTH, LEFT, RIGHT, BAR, GAP, HEAD] = [860, 270, 150, 18, 8, 44]
const TITLES: Partial<Record<TrafficName, string>> = { hot: 'Hot: few tokens, many requests', cold: 'Cold: each token once' }
/** Grey on light and dark pages alike; ours stand out. */
const STYLE = 'text{font:13px sans-serif;fill:#6b7280}.title{font-weight:bold}.bar{fill:#9ca3af}.ours{fill:#2563eb}.range{stroke:#6b7280;stroke-width:1.5}'

/** Draws requests per second on one core as horizontal bars, with a line from one quartile of the rounds to the other. */
export function toPlot (cells: readonly Row[]): string {
  const panels = (Object.keys(TITLES) as TrafficName[]).map((traffic) => cells.filter((cell) => cell.traffic === traffic))
  const height = HEAD + Math.max(...panels.map((panel) => panel.length)) * (BAR + GAP)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height * panels.length}" role="img" aria-label="Requests per second on one core">`,
    `<style>${STYLE}</style>`,
    ...panels.map((panel, i) => `<g transform="translate(0 ${i * height})">${drawPanel(panel)}</g>`),
    '</svg>', ''
  ].join('\n')
}

function drawPanel (cells: readonly Row[]): string {
  const bars = cells.map(({ peer, slices }) => ({ peer, ...spreadOf(slices.map(({ requestsPerSecond }) => requestsPerSecond)) }))
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(...bars.map(({ upper }) => upper))
  const at = (value: number): string => (LEFT + value * scale).toFixed(1)
  return `<text class="title" x="${LEFT}" y="24">${TITLES[cells[0]?.traffic ?? 'hot']} (requests/s on one core)</text>\n` + bars.map(({ peer, median, lower, upper }, i) => {
    const y = HEAD + i * (BAR + GAP)
    return [
      `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${peer}</text>`,
      `<rect class="bar${peer.startsWith('fastify-okta') ? ' ours' : ''}" x="${LEFT}" y="${y}" width="${(median * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<line class="range" x1="${at(lower)}" x2="${at(upper)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}"/>`,
      `<text x="${at(upper)}" dx="8" y="${y + 14}">${median.toFixed(0)}</text>`
    ].join('')
  }).join('\n')
}
