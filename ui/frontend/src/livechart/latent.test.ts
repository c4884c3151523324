import { describe, expect, it } from "vitest";
import { drawEnd, listPoints, placeOnMap, readAxis } from "./latent_points";

describe("points of a latent space", () => {
  it("lie on the map along two axes and in the middle of all others", () => {
    expect(placeOnMap(1, -2, 4)).toEqual([1, -2, 0, 0]);
    expect(placeOnMap(1, -2, 2)).toEqual([1, -2]);
  });

  it("are asked about together with the ends of the way", () => {
    const ends: [{ sample: number }, { sample: number }] = [{ sample: 3 }, { sample: 5 }];
    expect(listPoints({ coordinates: [1] }, ends)).toEqual([{ coordinates: [1] }, { ends, share: 0 }, { ends, share: 1 }]);
  });

  it("end at samples where there are some, else at noise", () => {
    expect(drawEnd(10, () => 0.99)).toEqual({ sample: 9 });
    expect(drawEnd(0, () => 0.5)).toEqual({ seed: 2 ** 30 });
  });
});

describe("a pixel of a map", () => {
  const axis = { _offset: 40, _length: 200, p2c: (pixel: number) => pixel / 100 - 1 };

  it("is a number within the plot and none beside it", () => {
    expect(readAxis(axis, 140)).toBe(0);
    expect(readAxis(axis, 39)).toBeNull();
    expect(readAxis(axis, 241)).toBeNull();
  });
});
