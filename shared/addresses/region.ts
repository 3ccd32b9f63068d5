/** The regions of China by their six-digit codes (GB/T 2260), as far as they are delivered to. */
import { areaList } from '@vant/area-data'

/**
 * The names of a district with its province and city, written once where two are the same (`北京市东城区`).
 *
 * @returns undefined when the code names no district
 */
export function regionName(code: string): string | undefined {
  const district = areaList.county_list[code]
  if (district === undefined) return undefined
  const province = areaList.province_list[`${code.slice(0, 2)}0000`] ?? ''
  const city = areaList.city_list[`${code.slice(0, 4)}00`] ?? ''
  return `${province}${city === province || city === '县' ? '' : city}${district}`
}
