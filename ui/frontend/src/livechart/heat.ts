/** A picture with what counts in it in colour: blue speaks for an answer, orange against it; nothing stays grey. */

export type Rgb = readonly [number, number, number];

/** Far from each other also for people who see red and green alike. */
export const FOR: Rgb = [38, 139, 255];
export const AGAINST: Rgb = [255, 140, 20];
const GROUND = 46;
const CONTRAST = 0.62;
const FULL = 127;
const STRENGTH = 0.92;

/** What is shown of a place: its grey, covered by a colour as strongly as it counts, from -127 to 127. */
export function blend(grey: number, heat: number): Rgb {
  const part = Math.min(1, Math.abs(heat) / FULL) * STRENGTH;
  const ground = GROUND + grey * CONTRAST;
  const colour = heat < 0 ? AGAINST : FOR;
  return colour.map((value) => Math.round(ground * (1 - part) + value * part)) as unknown as Rgb;
}

/** How bright a colour is, from 0 to 255. */
export function toGrey(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The pixels of a heat map over its picture. */
export function paintHeat(picture: Uint8ClampedArray, heat: Int8Array): Uint8ClampedArray<ArrayBuffer> {
  const painted = new Uint8ClampedArray(picture.length);
  for (let place = 0; place < heat.length; place += 1) {
    const at = place * 4;
    painted.set(blend(toGrey(picture[at] ?? 0, picture[at + 1] ?? 0, picture[at + 2] ?? 0), heat[place] ?? 0), at);
    painted[at + 3] = 255;
  }
  return painted;
}
