/**
 * `node local/run.mjs local/draw-pictures.ts`: draws the demo catalogue's pictures into `local/assets/images/`. The
 * files are part of the source; run it after a change here.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'assets/images')
const FONT = "font-family='PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif'"

type Colors = { paper: string; upper: string; trim: string; sole: string }

const SUNSET: Colors = { paper: '#fdf0e7', upper: '#e8663c', trim: '#fff3ea', sole: '#ffffff' }
const SEA: Colors = { paper: '#e8f1f8', upper: '#2f6f9f', trim: '#dcecf7', sole: '#ffffff' }
const LIME: Colors = { paper: '#f1f6e4', upper: '#9cc43b', trim: '#33401a', sole: '#f7faee' }
const SLATE: Colors = { paper: '#eef0f2', upper: '#59636e', trim: '#cfd6dd', sole: '#ffffff' }
const RUBY: Colors = { paper: '#fbeaec', upper: '#b7263c', trim: '#ffffff', sole: '#fbf5f5' }
const VIOLET: Colors = { paper: '#f1edf8', upper: '#7457b5', trim: '#efe6ff', sole: '#ffffff' }
const NAVY: Colors = { paper: '#e9ecf4', upper: '#26345c', trim: '#ffffff', sole: '#fdfdfb' }
const CREAM: Colors = { paper: '#f0ebe3', upper: '#fbf9f4', trim: '#4f8f6b', sole: '#ffffff' }
const EARTH: Colors = { paper: '#f3ece2', upper: '#8a5f36', trim: '#e3c592', sole: '#463626' }
const FOREST: Colors = { paper: '#e9f1ea', upper: '#3d6b4f', trim: '#e9b44c', sole: '#2c3b32' }
const ROSE: Colors = { paper: '#faeef0', upper: '#d98ea0', trim: '#fff7f8', sole: '#ffffff' }
const COCOA: Colors = { paper: '#f2ede9', upper: '#5b4338', trim: '#d9b99b', sole: '#d8c7b5' }

/** Outlines of an upper seen from the side, toe to the right, standing on a sole at y = 270. */
const UPPERS = {
  low: 'M72 272 C66 232 70 192 84 166 C94 156 112 160 120 172 C132 190 152 190 176 176 C196 168 212 190 236 208 C268 230 306 232 332 248 C344 256 344 268 340 272 Z',
  high: 'M80 272 C78 210 82 150 88 108 C112 98 150 100 172 110 C172 142 178 168 200 184 C230 206 296 218 328 242 C342 254 342 266 338 272 Z',
  slip: 'M70 272 C66 240 74 212 92 202 C116 216 156 214 184 198 C226 190 300 222 332 246 C344 256 344 268 340 272 Z',
}

const SOLES = {
  flat: 'M66 268 H344 C350 268 350 292 340 294 H78 C66 294 62 276 66 268 Z',
  foam: 'M60 262 C140 274 250 274 346 260 C356 268 354 292 336 298 C250 306 150 306 84 302 C60 298 54 274 60 262 Z',
  lug: 'M64 266 H344 C350 268 350 288 344 290 l-10 12 h-22 l-8 -10 l-8 10 h-26 l-8 -10 l-8 10 h-26 l-8 -10 l-8 10 h-26 l-8 -10 l-8 10 h-26 l-8 -10 l-8 10 h-24 C62 300 60 274 64 266 Z',
}

const LACES = {
  low: 'M150 196 l26 -16 M168 204 l26 -20 M188 212 l26 -20 M208 222 l24 -18',
  high: 'M146 122 l26 -4 M146 144 l27 -4 M152 166 l26 -8 M166 186 l26 -12 M190 200 l24 -16',
  slip: 'M128 214 q24 -4 40 20 M184 200 q-16 14 -16 34',
}

/** Ornaments of our own: nothing that a real brand wears. */
const MARKS = {
  wave: 'M96 244 q20 -26 40 0 t40 0 t40 0',
  peaks: 'M112 250 l24 -34 l20 24 l16 -20 l24 30',
  dots: 'M112 236 h.1 M136 232 h.1 M160 232 h.1 M184 238 h.1',
  arcs: 'M108 252 a34 34 0 0 1 68 0 M126 252 a16 16 0 0 1 32 0',
}

type Shoe = { cut: keyof typeof UPPERS; sole: keyof typeof SOLES; mark: keyof typeof MARKS; colors: Colors }

/** In the order of the products: see sql/seed/product.sql. */
const SHOES: Shoe[] = [
  { cut: 'low', sole: 'foam', mark: 'wave', colors: SUNSET },
  { cut: 'low', sole: 'foam', mark: 'arcs', colors: SEA },
  { cut: 'low', sole: 'foam', mark: 'peaks', colors: LIME },
  { cut: 'low', sole: 'flat', mark: 'dots', colors: SLATE },
  { cut: 'high', sole: 'foam', mark: 'arcs', colors: RUBY },
  { cut: 'low', sole: 'flat', mark: 'wave', colors: VIOLET },
  { cut: 'low', sole: 'flat', mark: 'arcs', colors: NAVY },
  { cut: 'low', sole: 'foam', mark: 'dots', colors: CREAM },
  { cut: 'high', sole: 'lug', mark: 'peaks', colors: EARTH },
  { cut: 'low', sole: 'lug', mark: 'peaks', colors: FOREST },
  { cut: 'slip', sole: 'foam', mark: 'wave', colors: ROSE },
  { cut: 'slip', sole: 'flat', mark: 'dots', colors: COCOA },
]

function shoe({ cut, sole, mark, colors }: Shoe): string {
  return `<path d='${UPPERS[cut]}' fill='${colors.upper}'/>
<path d='M262 230 C294 232 322 240 334 250 C342 258 342 268 338 272 H268 C252 262 250 240 262 230 Z' fill='#000' opacity='.12'/>
<path d='${MARKS[mark]}' fill='none' stroke='${colors.trim}' stroke-width='${mark === 'dots' ? 13 : 8}' stroke-linecap='round' stroke-linejoin='round'/>
<path d='${LACES[cut]}' fill='none' stroke='${colors.trim}' stroke-width='6' stroke-linecap='round'/>
<path d='${SOLES[sole]}' fill='${colors.sole}' stroke='#000' stroke-opacity='.14' stroke-width='2'/>`
}

function product(model: Shoe): string {
  return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 400'>
<rect width='400' height='400' fill='${model.colors.paper}'/>
<g transform='translate(-4 -24)'>
<ellipse cx='206' cy='306' rx='150' ry='14' fill='#000' opacity='.1'/>
${shoe(model)}
</g>
</svg>`
}

/** Title, line below, model, and the two ends of the background. */
const BANNERS = [
  { title: '轻跑季', line: '缓震跑鞋 低至七折', model: SHOES[0], from: '#ff8a5c', to: '#e0482f' },
  { title: '运动馆上新', line: '透气网面 城市通勤', model: SHOES[1], from: '#5aa3d1', to: '#24557f' },
  { title: '主场时刻', line: '高帮实战 稳稳落地', model: SHOES[4], from: '#d2495d', to: '#7d1626' },
  { title: '去山里', line: '防水徒步 抓地耐磨', model: SHOES[8], from: '#6f9a72', to: '#2f513d' },
]

function banner({ title, line, model, from, to }: (typeof BANNERS)[number]): string {
  return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 750 360'>
<defs><linearGradient id='sky' x2='1' y2='1'><stop stop-color='${from}'/><stop offset='1' stop-color='${to}'/></linearGradient></defs>
<rect width='750' height='360' fill='url(#sky)'/>
<circle cx='566' cy='176' r='150' fill='#fff' opacity='.16'/>
<circle cx='680' cy='320' r='90' fill='#fff' opacity='.1'/>
<g transform='translate(372 -16) scale(.94)'>${model ? shoe(model) : ''}</g>
<g fill='#fff' ${FONT}><text x='48' y='168' font-size='60' font-weight='700'>${title}</text><text x='50' y='222' font-size='28' opacity='.92'>${line}</text></g>
</svg>`
}

/** Icons of the grid, drawn with one stroke in a coloured disc. */
const ICONS = [
  {
    color: '#e8663c',
    path: 'M44 84 q6 -26 18 -26 q6 14 22 6 q14 22 34 22 q6 10 2 14 h-74 q-6 -6 -2 -16 M62 70 l10 6 M76 66 l8 8',
  }, // running shoe
  { color: '#d98ea0', path: 'M44 96 v-34 q10 18 30 20 l22 2 q18 2 22 12 h-40 l-18 -12 M52 82 v14' }, // heel
  { color: '#59636e', path: 'M46 96 v-28 q10 -4 16 0 q2 12 16 14 q26 2 38 10 v8 h-70 z M46 88 h70' }, // leather shoe
  {
    color: '#26345c',
    path: 'M48 96 v-38 h26 q2 18 18 22 q22 6 22 16 z M48 88 h66 M60 58 v12 M74 68 l8 -4 M78 78 l10 -6',
  }, // canvas high-top
  { color: '#3d6b4f', path: 'M40 102 l26 -46 l16 26 l10 -14 l24 34 z M60 66 l6 6 l6 -6' }, // mountain
  { color: '#7457b5', path: 'M80 42 l9 24 l25 1 l-20 16 l7 25 l-21 -14 l-21 14 l7 -25 l-20 -16 l25 -1 z' }, // star
  { color: '#b7263c', path: 'M50 52 h30 l32 32 l-28 28 l-34 -34 z M64 66 h.1 M84 76 l8 8 M76 84 l8 8' }, // price tag
  { color: '#2f6f9f', path: 'M54 46 h52 v66 l-9 -6 l-8 6 l-9 -6 l-9 6 l-8 -6 l-9 6 z M66 64 h28 M66 80 h28' }, // receipt
]

function icon({ color, path }: (typeof ICONS)[number]): string {
  return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 160'>
<circle cx='80' cy='80' r='72' fill='${color}' opacity='.14'/>
<path d='${path}' fill='none' stroke='${color}' stroke-width='6' stroke-linecap='round' stroke-linejoin='round'/>
</svg>`
}

/** In the order of sql/seed/brand.sql: a plain shape and the brand's name. */
const BRANDS = [
  { name: '凌步', color: '#e8663c', shape: 'M40 74 L60 34 L80 74 L100 34 L120 74' },
  { name: '跃川', color: '#2f6f9f', shape: 'M40 66 q20 -36 40 -8 t40 -8 M48 78 q18 -20 34 -4 t34 -4' },
  { name: '追风', color: '#6f9b1d', shape: 'M40 44 h62 a12 12 0 1 0 -12 -12 M40 58 h76 M40 72 h46' },
  {
    name: '云裳',
    color: '#c96f86',
    shape: 'M52 74 a16 16 0 0 1 4 -31 a24 24 0 0 1 46 4 a14 14 0 0 1 4 27 z',
  },
  {
    name: '芭蕾',
    color: '#d98ea0',
    shape: 'M80 26 q26 24 0 50 q-26 -26 0 -50 M52 44 q4 30 28 32 q24 -2 28 -32',
  },
  {
    name: '拾光',
    color: '#d79a2b',
    shape: 'M80 38 a14 14 0 1 0 .1 0 M80 22 v6 M80 76 v6 M50 52 h6 M104 52 h6 M59 31 l4 4 M101 31 l-4 4',
  },
  {
    name: '磐石',
    color: '#59636e',
    shape: 'M44 76 l10 -36 l30 -14 l26 20 l8 30 z M54 40 l28 16 l28 -10 M82 56 v20',
  },
  { name: '绅步', color: '#26345c', shape: 'M80 44 l-30 -14 v28 z M80 44 l30 -14 v28 z M80 44 h.1' },
  {
    name: '牧野',
    color: '#7c8f3f',
    shape:
      'M40 76 q40 -30 80 0 M80 60 v-32 M80 44 q-18 -2 -20 -18 q18 2 20 18 M80 40 q18 -2 20 -16 q-18 2 -20 16',
  },
  { name: '素履', color: '#4f8f6b', shape: 'M80 28 a24 24 0 1 0 22 34' },
  {
    name: '青禾',
    color: '#3f9b6d',
    shape: 'M80 80 v-46 M80 50 q-22 0 -24 -20 q22 0 24 20 M80 62 q22 0 24 -20 q-22 0 -24 20',
  },
  { name: '帆也', color: '#2b7f95', shape: 'M76 26 v42 h-30 z M84 34 v34 h26 z M44 76 q36 12 72 0' },
  { name: '山行', color: '#8a5f36', shape: 'M38 76 l28 -46 l18 30 l10 -14 l28 30 z' },
  {
    name: '野径',
    color: '#3d6b4f',
    shape: 'M60 80 q-10 -16 16 -22 q30 -8 4 -18 q-20 -8 0 -16 M92 80 q-4 -10 10 -18',
  },
  {
    name: '岩鹿',
    color: '#6b4a32',
    shape:
      'M68 78 l12 -28 l12 28 M72 48 q-22 -4 -22 -22 M58 40 q-10 0 -14 -8 M88 48 q22 -4 22 -22 M102 40 q10 0 14 -8',
  },
]

function logo({ name, color, shape }: (typeof BRANDS)[number]): string {
  return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 140'>
<rect width='160' height='140' rx='12' fill='#fff'/>
<path d='${shape}' fill='none' stroke='${color}' stroke-width='6' stroke-linecap='round' stroke-linejoin='round'/>
<text x='80' y='122' font-size='26' font-weight='600' letter-spacing='4' text-anchor='middle' fill='#2b2f36' ${FONT}>${name}</text>
</svg>`
}

function write<Item>(name: string, items: Item[], draw: (item: Item) => string): void {
  items.forEach((item, index) => {
    // Attributes in double quotes, as formatters of other tools write them.
    writeFileSync(join(folder, `${name}${index + 1}.svg`), `${draw(item).replaceAll("'", '"')}\n`)
  })
}

mkdirSync(folder, { recursive: true })
write('product', SHOES, product)
write('banner', BANNERS, banner)
write('nav', ICONS, icon)
write('brand', BRANDS, logo)
