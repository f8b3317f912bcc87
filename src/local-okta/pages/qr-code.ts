import { renderSVG } from 'uqr'

/** ISO/IEC 18004: so many light modules around the symbol. */
const QUIET_ZONE_MODULES = 4

/** A QR code as SVG, dark on light in every colour scheme. */
export function createQrCode (content: string): string {
  return renderSVG(content, { border: QUIET_ZONE_MODULES, pixelSize: 1 })
}
