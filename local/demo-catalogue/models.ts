/** The demo catalogue: what each brand makes. The first twelve products are the sports zone of `shoe.ts`. */
import type { COLOURS, Shoe } from './shoe.ts'

export type Colour = keyof typeof COLOURS

export interface Model {
  /** As in sql/seed/brand.sql. */
  brandId: number
  name: string
  subtitle: string
  gender: 'women' | 'men' | 'unisex'
  priceYuan: number
  oldYuan: number
  material: string
  detail: string
  cut: Shoe['cut']
  sole: Shoe['sole']
  mark: Shoe['mark']
  colours: readonly Colour[]
  rubberToe?: boolean
}

/** Brand and category as the seeds number them. */
export const BRANDS: readonly { id: number; name: string; categoryId: number }[] = [
  { id: 1, name: '凌步', categoryId: 1 },
  { id: 2, name: '跃川', categoryId: 1 },
  { id: 3, name: '追风', categoryId: 1 },
  { id: 4, name: '云裳', categoryId: 2 },
  { id: 5, name: '芭蕾', categoryId: 2 },
  { id: 6, name: '拾光', categoryId: 2 },
  { id: 7, name: '磐石', categoryId: 3 },
  { id: 8, name: '绅步', categoryId: 3 },
  { id: 9, name: '牧野', categoryId: 3 },
  { id: 10, name: '素履', categoryId: 4 },
  { id: 11, name: '青禾', categoryId: 4 },
  { id: 12, name: '帆也', categoryId: 4 },
  { id: 13, name: '山行', categoryId: 5 },
  { id: 14, name: '野径', categoryId: 5 },
  { id: 15, name: '岩鹿', categoryId: 5 },
]

type Line = readonly [
  brandId: number,
  name: string,
  subtitle: string,
  gender: Model['gender'],
  priceYuan: number,
  cut: Model['cut'],
  sole: Model['sole'],
  mark: Model['mark'],
  colours: readonly Colour[],
]

const LINES: readonly Line[] = [
  [1, '晨风 日常跑鞋', '轻软回弹 每天五公里', 'women', 359, 'low', 'foam', 'wave', ['粉色', '米白', '灰色']],
  [1, '长距 稳定支撑跑鞋', '足弓有托 越跑越稳', 'men', 529, 'low', 'foam', 'arcs', ['蓝色', '黑色']],
  [1, '节拍 综合训练鞋', '侧向稳固 室内室外', 'unisex', 319, 'low', 'flat', 'dash', ['黑色', '橙色']],
  [1, '夜行 反光跑鞋', '一圈反光条 夜跑安心', 'unisex', 439, 'low', 'rocker', 'wave', ['黑色', '荧光绿']],
  [2, '疾步 城市慢跑鞋', '通勤也能跑起来', 'men', 299, 'low', 'foam', 'arcs', ['灰色', '藏青']],
  [2, '扣篮 中帮篮球鞋', '护踝缓震 落地踏实', 'men', 569, 'high', 'foam', 'arcs', ['红色', '黑色']],
  [2, '轻羽 体能训练鞋', '鞋面会呼吸', 'women', 289, 'low', 'flat', 'dots', ['紫色', '米白']],
  [2, '街区 复古跑鞋', '老款型 新鞋底', 'unisex', 349, 'low', 'foam', 'wave', ['沙色', '墨绿']],
  [3, '极速 竞速钉底鞋', '短跑训练专用', 'unisex', 699, 'low', 'rocker', 'dash', ['荧光绿', '红色']],
  [3, '旋风 乒羽两用鞋', '急停急转不打滑', 'unisex', 399, 'low', 'flat', 'dash', ['蓝色', '橙色']],
  [3, '耐力 马拉松跑鞋', '全程缓震 后程不垮', 'men', 899, 'low', 'rocker', 'arcs', ['橙色', '蓝色']],
  [3, '轻跃 跳绳健身鞋', '前掌加厚 膝盖少受力', 'women', 329, 'low', 'foam', 'dots', ['粉色', '紫色']],
  [4, '软云 妈妈健步鞋', '一脚蹬 宽楦不挤脚', 'women', 199, 'slip', 'foam', 'wave', ['粉色', '咖啡', '黑色']],
  [4, '浅笑 尖头单鞋', '三厘米跟 久站不累', 'women', 259, 'heel', 'heel', 'dots', ['黑色', '米白']],
  [4, '锦书 粗跟短靴', '里料软 拉链顺', 'women', 429, 'boot', 'block', 'dots', ['黑色', '咖啡']],
  [4, '微澜 平底乐福鞋', '上班逛街都合适', 'women', 279, 'loafer', 'flat', 'dots', ['咖啡', '黑色']],
  [5, '练功 软底舞鞋', '贴脚可折叠', 'women', 129, 'slip', 'flat', 'dots', ['粉色', '黑色']],
  [5, '立足 细跟高跟鞋', '七厘米跟 前掌有垫', 'women', 389, 'heel', 'heel', 'dots', ['红色', '黑色']],
  [5, '回旋 方头平底鞋', '浅口不掉跟', 'women', 219, 'slip', 'flat', 'wave', ['米白', '粉色']],
  [5, '谢幕 绑带凉鞋', '细带可调 晚宴也得体', 'women', 299, 'sandal', 'block', 'dots', ['沙色', '黑色']],
  [6, '旧约 玛丽珍鞋', '复古圆头 搭袜子好看', 'women', 269, 'loafer', 'block', 'dots', ['红色', '黑色']],
  [6, '午后 编织凉拖', '手编鞋面 透气不闷', 'women', 169, 'sandal', 'flat', 'dots', ['沙色', '米白']],
  [6, '慢走 真皮小白鞋', '头层牛皮 越穿越软', 'women', 329, 'low', 'flat', 'dots', ['米白', '粉色']],
  [6, '秋信 切尔西靴', '松紧侧带 一蹬就进', 'women', 459, 'boot', 'flat', 'dots', ['咖啡', '黑色']],
  [7, '立柱 钢头工装鞋', '防砸防刺 工地首选', 'men', 399, 'boot', 'lug', 'dots', ['棕色', '黑色']],
  [7, '远行 大头皮靴', '厚底耐磨 冬天不冷', 'men', 529, 'boot', 'lug', 'dots', ['咖啡', '黑色']],
  [7, '匠心 固特异休闲鞋', '鞋底可换 能穿很久', 'men', 689, 'low', 'block', 'dots', ['棕色', '咖啡']],
  [7, '稳重 商务德比鞋', '开放鞋襟 高脚背友好', 'men', 459, 'loafer', 'block', 'dots', ['黑色', '咖啡']],
  [8, '会客 三接头牛津鞋', '正装标配 皮面细腻', 'men', 599, 'loafer', 'block', 'dots', ['黑色', '棕色']],
  [8, '通勤 软底乐福鞋', '走一天也不累', 'men', 369, 'loafer', 'flat', 'dots', ['咖啡', '藏青']],
  [8, '周末 皮面板鞋', '西装牛仔都能搭', 'men', 339, 'low', 'flat', 'dots', ['米白', '黑色']],
  [8, '父辈 健步皮鞋', '轻便宽楦 送爸爸', 'men', 299, 'slip', 'foam', 'dots', ['咖啡', '黑色']],
  [9, '牧云 沙漠靴', '反绒皮 两孔系带', 'men', 429, 'high', 'flat', 'dots', ['沙色', '棕色']],
  [9, '草场 豆豆鞋', '开车走路都舒服', 'men', 249, 'loafer', 'flat', 'dots', ['藏青', '棕色']],
  [9, '拓荒 马丁靴', '八孔系带 硬挺有型', 'unisex', 499, 'boot', 'lug', 'dots', ['黑色', '红色']],
  [9, '溪边 皮质凉鞋', '魔术贴 一撕一贴', 'men', 229, 'sandal', 'lug', 'dots', ['棕色', '黑色']],
  [10, '学院 高帮帆布鞋', '经典不挑人', 'unisex', 179, 'high', 'flat', 'arcs', ['藏青', '红色', '黑色']],
  [10, '白描 低帮帆布鞋', '硫化鞋底 软而不塌', 'unisex', 149, 'low', 'flat', 'arcs', ['米白', '黑色']],
  [10, '简书 一脚蹬帆布鞋', '懒人也精神', 'women', 139, 'slip', 'flat', 'dots', ['灰色', '米白']],
  [10, '墨痕 印花帆布鞋', '每双花纹略有不同', 'unisex', 199, 'high', 'flat', 'wave', ['黑色', '墨绿']],
  [11, '小满 厚底帆布鞋', '增高四厘米', 'women', 189, 'low', 'rocker', 'wave', ['米白', '粉色']],
  [11, '田埂 灯芯绒板鞋', '秋冬质感', 'unisex', 219, 'low', 'flat', 'dots', ['棕色', '墨绿']],
  [11, '新芽 儿童感小白鞋', '鞋头圆 不磨脚', 'women', 169, 'low', 'flat', 'dots', ['米白', '荧光绿']],
  [11, '禾下 透气网布鞋', '夏天也清爽', 'unisex', 159, 'slip', 'foam', 'wave', ['灰色', '蓝色']],
  [12, '远帆 船鞋', '防滑底 沾水不怕', 'men', 259, 'loafer', 'flat', 'dots', ['藏青', '沙色']],
  [12, '海风 渔夫鞋', '麻编鞋底 度假必备', 'women', 179, 'slip', 'flat', 'dots', ['沙色', '蓝色']],
  [12, '码头 厚底板鞋', '耐磨橡胶 街头随意', 'unisex', 239, 'low', 'rocker', 'dash', ['黑色', '米白']],
  [12, '锚点 高帮板鞋', '滑板文化 结实耐造', 'men', 269, 'high', 'flat', 'dash', ['黑色', '红色']],
  [13, '云脊 中帮防水徒步鞋', '防水透湿 长线稳当', 'men', 629, 'high', 'lug', 'peaks', ['棕色', '墨绿']],
  [13, '溪谷 溯溪鞋', '排水快 抓湿石', 'unisex', 299, 'sandal', 'lug', 'dots', ['蓝色', '黑色']],
  [13, '初雪 加绒雪地靴', '零下二十度也暖', 'women', 399, 'boot', 'lug', 'dots', ['沙色', '黑色']],
  [13, '缓坡 女款徒步鞋', '窄楦合脚 轻装上山', 'women', 499, 'low', 'lug', 'peaks', ['紫色', '灰色']],
  [14, '林间 越野跑鞋', '抓泥地 排碎石', 'men', 479, 'low', 'lug', 'peaks', ['墨绿', '橙色']],
  [14, '轻径 女款越野跑鞋', '两百克 上坡轻快', 'women', 459, 'low', 'lug', 'wave', ['粉色', '紫色']],
  [14, '苔原 防水越野鞋', '湿冷天气不进水', 'unisex', 539, 'low', 'lug', 'peaks', ['黑色', '墨绿']],
  [14, '营地 露营拖鞋', '可踩跟 帐篷里外都穿', 'unisex', 189, 'slip', 'lug', 'dots', ['沙色', '墨绿']],
  [15, '岩角 攀岩接近鞋', '前掌贴岩 走得也稳', 'unisex', 569, 'low', 'lug', 'dash', ['橙色', '灰色']],
  [15, '冰川 高帮登山靴', '可上冰爪 脚踝有力', 'men', 1099, 'boot', 'lug', 'peaks', ['棕色', '蓝色']],
  [15, '鹿鸣 户外休闲鞋', '城市山野两相宜', 'women', 379, 'low', 'foam', 'peaks', ['米白', '咖啡']],
  [15, '晨雾 防水短靴', '雨天不湿袜', 'women', 349, 'boot', 'lug', 'dots', ['墨绿', '黑色']],
]

const MATERIALS: Readonly<Record<Model['cut'], string>> = {
  low: '鞋面：织物与合成革；内里：织物；鞋底：橡胶与EVA',
  high: '鞋面：牛皮与织物；内里：织物；鞋底：橡胶',
  slip: '鞋面：飞织；内里：织物；鞋底：EVA',
  boot: '鞋面：头层牛皮；内里：猪皮；鞋底：橡胶',
  loafer: '鞋面：头层牛皮；内里：羊皮；鞋底：橡胶',
  heel: '鞋面：羊皮；内里：羊皮；鞋底：TPU',
  sandal: '鞋面：牛皮；鞋垫：牛皮；鞋底：橡胶',
}

const CARE: Readonly<Record<Model['cut'], string>> = {
  low: '日常用软刷干刷，脏了用中性皂水手洗，阴干，不要暴晒或机洗。',
  high: '皮面用软布擦净，织物部分用中性皂水轻刷，阴干。',
  slip: '可拆鞋垫单独清洗，鞋面用湿布擦，阴干。',
  boot: '皮面定期上油，换季收纳时塞纸撑形，避免潮湿。',
  loafer: '皮面用软布擦净后上无色鞋油，雨天尽量不穿。',
  heel: '皮面用软布擦净，跟部磨损及时换跟贴。',
  sandal: '皮带部分用湿布擦净阴干，不要泡水。',
}

/** All models beside the sports zone, in the order of their ids. */
export const MODELS: readonly Model[] = LINES.map(
  ([brandId, title, subtitle, gender, priceYuan, cut, sole, mark, colours]) => ({
    brandId,
    name: `${BRANDS[brandId - 1]?.name} ${title}`,
    subtitle,
    gender,
    priceYuan,
    oldYuan: Math.ceil((priceYuan * 1.3) / 10) * 10 - 1,
    material: MATERIALS[cut],
    detail: `${subtitle}。${title.split(' ')[1] ?? title}，尺码正常，脚背高或脚宽的朋友建议大一码。${CARE[cut]}`,
    cut,
    sole,
    mark,
    colours,
  }),
)
