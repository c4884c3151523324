import { expect, it } from "vitest";
import { crc32, insertText, makeChunk } from "./png";

const bytes = (text: string) => new TextEncoder().encode(text);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const PNG = join(
  Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  makeChunk("IHDR", new Uint8Array(13)),
  makeChunk("IDAT", bytes("pixels")),
  makeChunk("IEND", new Uint8Array()),
);

it("the checksum is the one of the standard", () => {
  expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
  expect([...makeChunk("IEND", new Uint8Array()).slice(8)]).toEqual([0xae, 0x42, 0x60, 0x82]);
});

it("a text stands behind the header, and the rest is as it was", () => {
  const whole = insertText(PNG, "key", "Grüße");
  const chunk = makeChunk("iTXt", bytes("key\0\0\0\0\0Grüße"));
  expect([...whole.slice(0, 33)]).toEqual([...PNG.slice(0, 33)]);
  expect([...whole.slice(33, 33 + chunk.length)]).toEqual([...chunk]);
  expect([...whole.slice(33 + chunk.length)]).toEqual([...PNG.slice(33)]);
});

it("nothing is put into what is no PNG", () => {
  expect(() => insertText(bytes("GIF89a"), "key", "text")).toThrow("This is no PNG.");
});
