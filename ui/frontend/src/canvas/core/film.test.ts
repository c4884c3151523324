import { expect, it } from "vitest";
import {
  MOST_LOOKS,
  diagnosesAt,
  joinFilm,
  lookAt,
  lossAt,
  momentsOf,
  placeOf,
  samplesAt,
  tellKept,
  tellStep,
} from "./film";
import { PLACES, film, look, news, sick } from "./film.samples";

const SAMPLES = [
  { id: 1, node: "images", step: 50 },
  { id: 2, node: "table", step: 120 },
  { id: 3, node: "images", step: 300 },
];
const CHECKPOINTS = [
  { name: "a", step: 120, is_best: true },
  { name: "b", step: 400, is_best: false },
];

it("has a moment for every look, sample and checkpoint, each step once and in order", () => {
  expect(momentsOf(film({ samples: SAMPLES, checkpoints: CHECKPOINTS }))).toEqual([1, 50, 100, 120, 300, 400]);
});

it("finds the moment of a step, or the one before it", () => {
  expect([0, 1, 60, 100, 999].map((step) => placeOf([1, 50, 100], step))).toEqual([0, 0, 1, 2, 2]);
});

it("shows the last look until a step, and the first before there was one", () => {
  expect([0, 1, 99, 100, 5000].map((step) => lookAt(film(), step))).toEqual([0, 0, 0, 1, 2]);
  expect(lookAt(film({ looks: [] }), 10)).toBe(-1);
});

it("shows the last sample of each preview", () => {
  const at = (step: number) => samplesAt(film({ samples: SAMPLES }), step).map(({ id }) => id);
  expect([at(10), at(200), at(300)]).toEqual([
    [1, 2],
    [1, 2],
    [3, 2],
  ]);
});

it("knows what was found at a step: closed findings end, open ones go on", () => {
  const found = film({ diagnoses: [sick("a", "networks.model"), sick("b", "networks.model", { is_open: true })] });
  const at = (step: number) => diagnosesAt(found, step).map(({ finding }) => finding.node);
  expect([at(99), at(100), at(200), at(201)]).toEqual([[], ["a", "b"], ["a", "b"], ["b"]]);
});

it("says the step, the loss and what was kept", () => {
  const one = film({ checkpoints: CHECKPOINTS });
  expect(tellStep(one, 300)).toBe("step 300 of 6,000, loss 0.313");
  expect(tellStep(film({ loss: null, progress: null }), 1240)).toBe("step 1,240");
  expect(lossAt(one, 0)).toBe(null);
  expect([100, 120, 400].map((step) => tellKept(one, step))).toEqual(["", "best checkpoint", "checkpoint"]);
});

it("joins what is new by place, whatever order the places come in", () => {
  const places = [PLACES[1]!, { ...PLACES[0]!, name: "late", node: "late" }];
  const joined = joinFilm(
    film(),
    news({
      places,
      last: 4,
      looks: [
        {
          step: 400,
          values: [
            [1, 0.5, 1, null, null, 1, 0, false],
            [0, null, null, 0.9, null, 1, 0, false],
          ],
        },
      ],
      loss: { name: "loss", steps: [400], values: [0.2] },
    }),
  );
  expect(joined.places.map(({ name }) => name)).toEqual(["conv1", "relu1", "stage.0.conv", "stage.1.conv", "late"]);
  expect(joined.looks.at(-1)?.rows[1]?.[2]).toBe(0.9);
  expect(joined.looks.at(-1)?.rows[4]?.[0]).toBe(0.5);
  expect(joined.looks.at(-1)?.rows[0]).toBe(undefined);
  expect(joined.loss?.steps).toEqual([1, 100, 300, 400]);
  expect(joined.last).toBe(4);
});

it("keeps the same places where none is new, so that nothing is read again", () => {
  const one = film();
  expect(joinFilm(one, news({ places: [], looks: [] })).places).toBe(one.places);
});

it("takes the newer look where a resumed run looks at the same steps again", () => {
  const joined = joinFilm(
    film(),
    news({ looks: [look(100, [0.5])], loss: { name: "loss", steps: [100], values: [9] } }),
  );
  expect(joined.looks.map(({ step }) => step)).toEqual([1, 100]);
  expect(joined.looks[1]?.rows[0]?.[0]).toBe(0.5);
  expect(joined.loss).toEqual({ name: "loss", steps: [1, 100], values: [2.3, 9] });
});

it("begins anew with another run", () => {
  expect(joinFilm(film(), news({ run: "two", looks: [] })).looks).toEqual([]);
});

it("forgets every other of the earlier looks where there are too many", () => {
  let one = film({ looks: [] });
  for (let step = 1; step <= 1000; step++) one = joinFilm(one, news({ looks: [look(step, [0.1])] }));
  const steps = one.looks.map((seen) => seen.step);
  expect(steps.length).toBeLessThanOrEqual(MOST_LOOKS);
  expect(steps.slice(-3)).toEqual([998, 999, 1000]);
  expect(steps[0]).toBe(1);
});
