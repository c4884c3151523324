/** Pictures that come as bytes, one behind the other. */

export interface Pictures {
  data: string;
  /** How many, height, width, channels. */
  shape: [number, number, number, number];
}

/** The pixels of one of them as a canvas takes them. */
export function readPixels(pictures: Pictures, place: number): Uint8ClampedArray<ArrayBuffer> {
  const [, height, width, channels] = pictures.shape;
  const size = height * width * channels;
  const bytes = Uint8Array.from(atob(pictures.data), (letter) => letter.charCodeAt(0)).subarray(place * size, (place + 1) * size);
  const pixels = new Uint8ClampedArray(height * width * 4);
  for (let at = 0; at < width * height; at += 1) {
    for (let colour = 0; colour < 3; colour += 1) pixels[at * 4 + colour] = bytes[at * channels + (channels >= 3 ? colour : 0)] ?? 0;
    pixels[at * 4 + 3] = 255;
  }
  return pixels;
}
