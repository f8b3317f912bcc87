import type { Traffic } from '../peers.js'
import type { Row } from '../rows.js'
import { spreadOf } from '../statistics.js'

const [WIDTH, LEFT, RIGHT, BAR, GAP, HEAD] = [860, 270, 150, 18, 8, 44]
const TITLES: Partial<Record<Traffic, string>> = { hot: 'Hot: few tokens, many requests', cold: 'Cold: each token once' }
/** Grey on light and dark pages alike; ours stand out. */
const STYLE = 'text{font:13px sans-serif;fill:#6b7280}.title{font-weight:bold}.bar{fill:#9ca3af}.ours{fill:#2563eb}.range{stroke:#6b7280;stroke-width:1.5}'

/** Draws requests per second on one core as horizontal bars, with a line from one quartile of the rounds to the other. */
export function toPlot (cells: readonly Row[]): string {
  const panels = (Object.keys(TITLES) as Traffic[]).map(traffic => cells.filter(cell => cell.traffic === traffic))
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
  const traffic = cells[0]?.traffic ?? 'hot'
  return [
    `<text class="title" x="${LEFT}" y="24">${TITLES[traffic] ?? traffic} (requests/s on one core)</text>`,
    ...bars.map(({ peer, median, lower, upper }, i) => {
      const [y, end] = [HEAD + i * (BAR + GAP), LEFT + median * scale]
      const kind = peer.startsWith('fastify-okta') ? 'bar ours' : 'bar'
      return [
        `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${peer}</text>`,
        `<rect class="${kind}" x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<line class="range" x1="${(LEFT + lower * scale).toFixed(1)}" x2="${(LEFT + upper * scale).toFixed(1)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}"/>`,
        `<text x="${(LEFT + upper * scale + 8).toFixed(1)}" y="${y + 14}">${median.toFixed(0)}</text>`
      ].join('')
    })
  ].join('\n')
}
