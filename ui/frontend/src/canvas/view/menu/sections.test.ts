import { expect, it } from "vitest";
import { findCommand } from "../commands/registry";
import { ALL_SECTIONS } from "./sections";

it("every line of a menu is a command", () => {
  for (const id of ALL_SECTIONS.flat(2)) expect(findCommand(id)?.id, id).toBe(id);
});
