/** Pictures of the demo catalogue, as SVG: products, banners, icons, logos. All of our own drawing. */
import { dark, light, SHOES, type Shoe, shoe } from './shoe.ts'

const FONT = "font-family='PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif'"

/** A shoe from the side. */
export function drawProduct(model: Shoe): string {
  const { paper } = model.colors
  return `<svg xmlns='http://www.w3.org/2000/svg' width='400' height='400' viewBox='0 0 400 400'>
<defs><radialGradient id='light' cx='.5' cy='.42' r='.72'><stop stop-color='${light(paper, 0.62)}'/><stop offset='1' stop-color='${paper}'/></radialGradient></defs>
<rect width='400' height='400' fill='url(#light)'/>
<circle cx='206' cy='186' r='142' fill='#fff' opacity='.38'/>
<ellipse cx='204' cy='302' rx='146' ry='11' fill='${dark(paper, 0.6)}' opacity='.22'/>
<g transform='translate(-2 2) rotate(-5 204 296)'>
${shoe(model)}
</g>
</svg>`
}

/** Title, line below, model, and the two ends of the background. */
const BANNERS = [
  { title: '轻跑季', line: '缓震跑鞋 低至七折', model: SHOES[0], from: '#3f9c8c', to: '#0f4c43' },
  { title: '运动馆上新', line: '透气网面 城市通勤', model: SHOES[1], from: '#f3b56b', to: '#bf5426' },
  { title: '主场时刻', line: '高帮实战 稳稳落地', model: SHOES[4], from: '#6c7686', to: '#20252f' },
  { title: '去山里', line: '防水徒步 抓地耐磨', model: SHOES[8], from: '#9dbb98', to: '#2f513d' },
]

function banner({ title, line, model, from, to }: (typeof BANNERS)[number]): string {
  return `<svg xmlns='http://www.w3.org/2000/svg' width='750' height='375' viewBox='0 0 750 375'>
<defs><linearGradient id='sky' x1='.9' x2='.1' y2='1'><stop stop-color='${from}'/><stop offset='1' stop-color='${to}'/></linearGradient></defs>
<rect width='750' height='375' fill='url(#sky)'/>
<circle cx='556' cy='188' r='168' fill='#fff' opacity='.2'/>
<circle cx='556' cy='188' r='118' fill='#fff' opacity='.16'/>
<path d='M0 330 q120 -60 250 -14 t260 0 t260 -20 V375 H0 Z' fill='#000' opacity='.07'/>
<ellipse cx='560' cy='318' rx='142' ry='10' fill='#000' opacity='.18'/>
<g transform='translate(348 8) rotate(-9 206 296)'>${model ? shoe(model) : ''}</g>
<g fill='#fff' ${FONT}><text x='48' y='172' font-size='58' font-weight='700'>${title}</text><text x='50' y='224' font-size='28' opacity='.95'>${line}</text><path d='M50 258 h52' stroke='#fff' stroke-width='5' stroke-linecap='round' opacity='.8'/></g>
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
  return `<svg xmlns='http://www.w3.org/2000/svg' width='160' height='160' viewBox='0 0 160 160'>
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
  return `<svg xmlns='http://www.w3.org/2000/svg' width='160' height='140' viewBox='0 0 160 140'>
<rect width='160' height='140' rx='12' fill='#fff'/>
<path d='${shape}' fill='none' stroke='${color}' stroke-width='6' stroke-linecap='round' stroke-linejoin='round'/>
<text x='80' y='122' font-size='26' font-weight='600' letter-spacing='4' text-anchor='middle' fill='#2b2f36' ${FONT}>${name}</text>
</svg>`
}

/** The pair: one shoe behind the other, turned the other way. */
export function drawPair(model: Shoe): string {
  const { paper } = model.colors
  return `<svg xmlns='http://www.w3.org/2000/svg' width='400' height='400' viewBox='0 0 400 400'>
<rect width='400' height='400' fill='${light(paper, 0.35)}'/>
<path d='M0 300 H400 V400 H0 Z' fill='${dark(paper, 0.06)}'/>
<g transform='translate(392 -46) scale(-.82 .82) translate(-24 74)' opacity='.92'>
${shoe(model)}
</g>
<g transform='translate(28 62) scale(.88)'>
${shoe(model)}
</g>
</svg>`
}

/** Banners, icons of the grid and brand logos. */
export function drawFeeds(save: (name: string, svg: string) => void): void {
  const all = <Item>(name: string, items: readonly Item[], draw: (item: Item) => string) =>
    items.forEach((item, index) => {
      save(`${name}${index + 1}`, draw(item))
    })
  all('banner', BANNERS, banner)
  all('nav', ICONS, icon)
  all('brand', BRANDS, logo)
}
