/** The shoes of the demo catalogue, put together from parts. */
export type Colors = { paper: string; upper: string; trim: string; accent: string; sole: string }

const SUNSET: Colors = {
  paper: '#fbe6da',
  upper: '#e8663c',
  trim: '#fff3ea',
  accent: '#8e2f1b',
  sole: '#fffaf5',
}
const SEA: Colors = {
  paper: '#dfebf4',
  upper: '#2f6f9f',
  trim: '#e4f1fa',
  accent: '#f2a65a',
  sole: '#ffffff',
}
const LIME: Colors = {
  paper: '#eaf2d6',
  upper: '#a3c93f',
  trim: '#2c3a14',
  accent: '#e8663c',
  sole: '#fbfdf4',
}
const SLATE: Colors = {
  paper: '#e5e9ec',
  upper: '#5d6872',
  trim: '#dfe5ea',
  accent: '#2bb0a6',
  sole: '#ffffff',
}
const RUBY: Colors = {
  paper: '#f7dfe2',
  upper: '#b7263c',
  trim: '#ffffff',
  accent: '#1f2430',
  sole: '#fbf5f5',
}
const VIOLET: Colors = {
  paper: '#e9e3f5',
  upper: '#7457b5',
  trim: '#f3ecff',
  accent: '#f3c64b',
  sole: '#ffffff',
}
const NAVY: Colors = {
  paper: '#e0e5f0',
  upper: '#2c3d6b',
  trim: '#ffffff',
  accent: '#c8453b',
  sole: '#fdfcf7',
}
const CREAM: Colors = {
  paper: '#e6efe6',
  upper: '#fbf9f4',
  trim: '#4f8f6b',
  accent: '#4f8f6b',
  sole: '#ffffff',
}
const EARTH: Colors = {
  paper: '#f0e4d3',
  upper: '#936539',
  trim: '#f0d6a6',
  accent: '#4d3421',
  sole: '#41332a',
}
const FOREST: Colors = {
  paper: '#dfebe1',
  upper: '#43765a',
  trim: '#f0c25e',
  accent: '#e2703a',
  sole: '#2f3d35',
}
const ROSE: Colors = {
  paper: '#f8e3e7',
  upper: '#dc93a5',
  trim: '#fff7f8',
  accent: '#a5556b',
  sole: '#ffffff',
}
const COCOA: Colors = {
  paper: '#ece2da',
  upper: '#664a3c',
  trim: '#dfc0a2',
  accent: '#3d2b22',
  sole: '#d9c7b2',
}

const COAL: Colors = {
  paper: '#e6e6e8',
  upper: '#2b2e34',
  trim: '#f2f2f2',
  accent: '#15171a',
  sole: '#f7f7f7',
}
const SAND: Colors = {
  paper: '#f3ece0',
  upper: '#d9c3a0',
  trim: '#7b6245',
  accent: '#a98a5f',
  sole: '#fbf7ef',
}

/** The colours that shoes come in, by the word that a shopper reads. */
export const COLOURS = {
  橙色: SUNSET,
  蓝色: SEA,
  荧光绿: LIME,
  灰色: SLATE,
  红色: RUBY,
  紫色: VIOLET,
  藏青: NAVY,
  米白: CREAM,
  棕色: EARTH,
  墨绿: FOREST,
  粉色: ROSE,
  咖啡: COCOA,
  黑色: COAL,
  沙色: SAND,
} as const

/**
 * The parts of a shoe seen from the side, toe to the right, standing on the ground at y = 296. The upper's outline
 * comes first, then what lies behind it (lining, tongue) and on it (throat, laces, the stitching along them).
 */
const CUTS = {
  low: {
    upper:
      'M72 266 C62 230 64 196 76 170 C80 158 94 156 102 166 C116 182 146 184 172 158 C178 152 186 152 192 158 C214 186 240 206 268 216 C306 224 336 236 346 252 C350 258 350 264 346 268 Z',
    lining: 'M78 168 C94 148 152 142 186 154 C166 188 114 190 78 168 Z',
    tongue: 'M150 176 C160 154 168 138 176 124 C182 116 198 120 199 130 C201 146 204 160 212 182 Z',
    throat:
      'M158 172 C172 156 184 148 194 160 C216 188 242 207 270 217 C264 224 258 230 250 234 C214 224 184 202 158 172 Z',
    laces: 'M176 180 L206 164 M194 196 L224 180 M214 210 L242 195 M234 222 L260 208',
    stitch: 'M146 186 C172 214 206 236 246 246',
  },
  high: {
    upper:
      'M82 266 C74 210 74 152 84 110 C88 98 102 98 114 102 C134 108 152 106 166 98 C178 92 186 98 188 108 C192 142 206 178 236 200 C266 214 314 226 340 246 C350 256 350 264 346 268 Z',
    lining: 'M84 110 C100 88 156 82 186 100 C164 120 116 122 84 110 Z',
    tongue: 'M152 118 C160 98 166 84 172 74 C180 64 198 70 199 82 C200 100 202 116 206 134 Z',
    throat:
      'M162 104 C178 90 188 96 190 110 C194 144 208 180 238 202 C232 210 226 216 216 218 C184 196 164 156 162 104 Z',
    laces: 'M164 124 L194 118 M168 146 L199 138 M178 168 L208 156 M192 188 L221 175 M210 206 L236 192',
    stitch: 'M150 112 C152 164 174 210 212 232',
  },
  slip: {
    upper:
      'M72 266 C64 238 68 214 82 198 C90 190 100 194 110 200 C132 214 160 210 190 190 C206 182 224 188 246 200 C286 218 330 232 346 252 C350 260 350 264 346 268 Z',
    lining: 'M80 200 C98 178 164 168 204 186 C170 216 118 218 80 200 Z',
    tongue: 'M78 204 C70 190 74 176 86 176 C96 178 98 192 98 204 Z',
    throat: 'M176 200 C194 186 214 182 236 196 C232 214 226 232 214 250 C198 236 184 220 176 200 Z',
    laces: '',
    stitch: 'M112 214 C136 226 158 222 176 210 M250 214 C262 224 268 240 268 256',
  },
  boot: {
    upper:
      'M84 266 C76 200 78 120 86 56 C88 42 172 42 188 52 C190 100 198 160 238 198 C268 214 316 226 340 246 C350 256 350 264 346 268 Z',
    lining: 'M86 56 C106 34 168 36 188 52 C164 72 112 74 86 56 Z',
    tongue: 'M84 74 C72 58 76 40 90 40 C102 42 104 58 104 76 Z',
    throat:
      'M150 70 C170 64 186 62 188 66 C192 118 204 166 236 198 C228 210 220 216 208 218 C172 184 154 128 150 70 Z',
    laces: '',
    stitch: 'M140 72 C144 140 164 196 206 230 M104 250 C150 240 200 244 250 258',
  },
  loafer: {
    upper:
      'M72 266 C64 240 66 214 80 200 C92 192 104 198 116 206 C140 220 166 214 190 198 C214 184 240 190 262 204 C296 218 332 236 346 252 C350 260 350 264 346 268 Z',
    lining: 'M80 202 C100 184 160 180 196 196 C166 220 118 222 80 202 Z',
    tongue: 'M186 202 C204 180 232 180 250 198 L240 212 C222 202 206 204 196 214 Z',
    throat: 'M176 214 C202 196 238 198 262 216 L252 240 C230 222 206 220 188 236 Z',
    laces: '',
    stitch: 'M196 226 C216 214 236 218 252 230 M268 214 C290 224 306 240 308 262',
  },
  heel: {
    upper:
      'M70 172 C84 160 98 168 110 184 C150 228 206 232 258 218 C304 210 334 234 346 256 C350 264 348 270 340 270 L246 270 C192 266 146 244 110 212 C94 200 78 190 70 172 Z',
    lining: 'M72 172 C96 152 112 176 130 200 C170 232 220 230 256 220 C200 250 120 216 72 172 Z',
    tongue: 'M70 172 C66 152 78 144 90 152 C98 160 100 172 104 184 Z',
    throat: 'M232 224 C252 218 268 216 282 218 C270 230 254 240 238 246 C232 240 230 232 232 224 Z',
    laces: '',
    stitch: 'M120 206 C156 238 206 248 250 256',
  },
  sandal: {
    upper:
      'M118 262 C124 218 150 194 184 192 L202 208 C174 212 154 232 148 262 Z M232 262 C240 232 262 216 292 214 L310 228 C284 232 270 244 266 262 Z M82 262 C76 228 80 204 92 192 L108 200 C100 218 100 238 106 262 Z',
    lining: 'M72 256 C150 244 260 244 346 256 L346 266 H72 Z',
    tongue: 'M96 206 C104 196 116 192 130 196 L126 206 C114 204 106 208 100 214 Z',
    throat: 'M190 196 L214 200 L236 226 L224 234 Z',
    laces: '',
    stitch: 'M128 254 C134 224 156 204 184 200 M242 254 C248 238 266 226 290 222',
  },
} as const

/** Outline of each sole, and the line that divides it. */
const SOLES = {
  flat: {
    outline: 'M62 258 H350 C356 264 356 288 346 292 H78 C60 292 56 268 62 258 Z',
    line: 'M62 276 H352',
  },
  foam: {
    outline:
      'M62 256 C150 270 252 270 350 254 C364 260 364 282 348 290 C300 299 120 301 82 296 C52 292 46 264 62 256 Z',
    line: 'M58 278 C120 262 170 292 228 280 C270 271 310 274 356 266',
  },
  rocker: {
    outline:
      'M56 244 C110 268 250 270 354 240 C370 246 370 264 348 276 C302 297 250 301 180 298 C130 300 96 300 74 292 C44 280 40 250 56 244 Z',
    line: 'M54 266 C130 284 250 284 360 256',
  },
  lug: {
    outline:
      'M62 256 C150 264 252 264 350 254 C358 260 358 278 352 284 l-8 12 h-20 l-8 -10 l-8 10 h-24 l-8 -10 l-8 10 h-24 l-8 -10 l-8 10 h-24 l-8 -10 l-8 10 h-24 l-8 -10 l-8 10 h-26 C58 290 54 266 62 256 Z',
    line: 'M60 274 C150 280 252 280 354 272',
  },
  heel: {
    outline:
      'M70 186 C110 222 160 262 246 270 H346 C352 274 350 282 342 282 H244 C190 280 150 262 122 240 L114 298 H94 L84 212 Z',
    line: 'M86 214 C120 244 170 272 246 276 H340',
  },
  block: {
    outline: 'M60 256 H350 C356 264 354 280 346 284 H170 L162 296 H76 C58 294 54 266 60 256 Z',
    line: 'M60 270 H352',
  },
} as const

/** Ornaments of our own, on the quarter: nothing that a real brand wears. */
const MARKS = {
  wave: 'M104 246 q16 -22 32 -4 t32 2 t32 4',
  peaks: 'M104 248 l20 -28 l16 20 l14 -16 l24 26',
  dots: 'M112 240 h.1 M134 236 h.1 M156 240 h.1 M178 246 h.1',
  arcs: 'M110 250 a28 28 0 0 1 56 0 M126 250 a12 12 0 0 1 24 0',
  dash: 'M112 222 L136 252 M134 222 L158 252 M156 226 L178 252',
} as const

export interface Shoe {
  cut: keyof typeof CUTS
  sole: keyof typeof SOLES
  mark: keyof typeof MARKS
  colors: Colors
  /** A toe of rubber, as canvas shoes have. */
  rubberToe?: boolean
}

/** In the order of the products: see sql/seed/product.sql. */
export const SHOES: Shoe[] = [
  { cut: 'low', sole: 'foam', mark: 'wave', colors: SUNSET },
  { cut: 'low', sole: 'foam', mark: 'arcs', colors: SEA },
  { cut: 'low', sole: 'rocker', mark: 'dash', colors: LIME },
  { cut: 'low', sole: 'flat', mark: 'dots', colors: SLATE },
  { cut: 'high', sole: 'foam', mark: 'arcs', colors: RUBY },
  { cut: 'low', sole: 'flat', mark: 'dash', colors: VIOLET },
  { cut: 'low', sole: 'flat', mark: 'arcs', colors: NAVY, rubberToe: true },
  { cut: 'low', sole: 'rocker', mark: 'wave', colors: CREAM },
  { cut: 'high', sole: 'lug', mark: 'peaks', colors: EARTH },
  { cut: 'low', sole: 'lug', mark: 'peaks', colors: FOREST },
  { cut: 'slip', sole: 'foam', mark: 'wave', colors: ROSE },
  { cut: 'slip', sole: 'flat', mark: 'dots', colors: COCOA },
]

/** A colour on its way to another: 0 is the first, 1 the second. */
function mix(from: string, to: string, share: number): string {
  const channel = (color: string, at: number) => Number.parseInt(color.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

export const dark = (color: string, share: number) => mix(color, '#1a1513', share)
export const light = (color: string, share: number) => mix(color, '#ffffff', share)

const TOE = 'M300 224 C322 230 340 240 346 252 C350 258 350 264 346 268 H284 C278 250 284 234 300 224 Z'
const HEEL = {
  low: 'M71 264 C63 236 63 208 72 182 C96 196 110 230 108 268 H72 Z',
  high: 'M81 264 C76 228 74 192 77 158 C100 180 116 224 114 268 H82 Z',
  slip: 'M71 264 C65 244 66 226 74 210 C94 220 104 244 104 268 H72 Z',
  boot: 'M83 264 C78 214 78 160 82 104 C106 140 118 210 116 268 H84 Z',
  loafer: 'M71 264 C65 246 66 230 74 214 C92 222 102 244 102 268 H72 Z',
  heel: 'M72 190 C70 174 78 168 88 174 C96 184 102 196 104 208 Z',
  sandal: 'M84 262 C80 236 82 216 90 204 L100 208 C96 226 98 244 102 262 Z',
} as const

/** Open shoes have no toe cap, and dress shoes no ornament. */
const OPEN: ReadonlySet<string> = new Set(['sandal', 'heel'])
const PLAIN: ReadonlySet<string> = new Set(['sandal', 'heel', 'loafer', 'boot'])

/** The shoe alone, as SVG elements of a 400 by 400 picture. */
export function shoe({ cut, sole, mark, colors, rubberToe = false }: Shoe): string {
  const { upper, lining, tongue, throat, laces, stitch } = CUTS[cut]
  const { outline, line } = SOLES[sole]
  const panel = colors.upper === CREAM.upper ? dark(colors.upper, 0.07) : dark(colors.upper, 0.16)
  const body = colors.upper.slice(1)
  const thread = `fill='none' stroke='${colors.trim}' stroke-linecap='round' stroke-linejoin='round'`
  return `<defs><linearGradient id='u${body}' x1='0' y1='0' x2='0' y2='1'><stop stop-color='${light(colors.upper, 0.16)}'/><stop offset='1' stop-color='${dark(colors.upper, 0.08)}'/></linearGradient></defs>
<path d='${lining}' fill='${dark(colors.upper, 0.55)}'/>
<path d='${tongue}' fill='${cut === 'slip' || cut === 'loafer' ? colors.accent : light(colors.upper, 0.28)}'/>
<path d='${upper}' fill='url(#u${body})'/>
<path d='${HEEL[cut]}' fill='${colors.accent}'/>
${OPEN.has(cut) ? '' : `<path d='${TOE}' fill='${rubberToe ? colors.sole : panel}'/>`}
<path d='${throat}' fill='${panel}'/>
<path d='${stitch}' ${thread} stroke-width='2.5' stroke-dasharray='1 6' opacity='.8'/>
${PLAIN.has(cut) ? '' : `<path d='${MARKS[mark]}' ${thread} stroke-width='${mark === 'dots' ? 12 : 7.5}'/>`}
${laces ? `<path d='${laces}' ${thread} stroke-width='6.5'/>\n` : ''}<path d='${outline}' fill='${colors.sole}' stroke='${dark(colors.sole, 0.16)}' stroke-width='2'/>
<path d='${line}' fill='none' stroke='${sole === 'lug' ? colors.trim : colors.accent}' stroke-width='4' stroke-linecap='round' opacity='.75'/>`
}
