import { expect, test } from "vitest";
import { findCards } from "./finding";
import type { Card } from "./types";

const card = (id: string, title: string, line: string, task: string, own = false): Card => {
  return { id, own, title, line, picture: "", facts: ["CIFAR-10", "11.2 M parameters"], task, first: false, changed: null };
};
const CARDS = [
  card("resnet18_cifar", "ResNet-18, CIFAR", "Learns to name what is on a small colour image.", "classification"),
  card("vae", "Variational autoencoder", "Learns to draw digits.", "generation"),
  card("5f2a", "My resnet", "", "classification", true),
];
const find = (task: string, query: string) => findCards(CARDS, task, query).map(({ id }) => id);

test("every word has to be there, in whatever order and however written", () => {
  expect(find("all", "IMAGE resnet")).toEqual(["resnet18_cifar"]);
  expect(find("all", "resnet")).toEqual(["resnet18_cifar", "5f2a"]);
  expect(find("all", " resnet  digits ")).toEqual([]);
});

test("a preset is found by its file's name, by its data, and within the task that is chosen", () => {
  expect(find("all", "resnet18_ci")).toEqual(["resnet18_cifar"]);
  expect(find("generation", "cifar")).toEqual(["vae"]);
  expect(find("all", "5f2a")).toEqual([]);
  expect(find("classification", "")).toEqual(["resnet18_cifar", "5f2a"]);
});
