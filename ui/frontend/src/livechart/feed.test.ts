import { afterEach, expect, it, vi } from "vitest";
import { Feed } from "./feed";

afterEach(() => vi.unstubAllGlobals());

const answer = (body: string, status: number) =>
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
const feed = () => new Feed("one", () => undefined, () => undefined);

it("says why a run did not pause: in the server's words, else in its own", async () => {
  answer('{"error": "The run has ended."}', 409);
  expect(await feed().steer("pause")).toBe("The run has ended.");
  answer("Internal Server Error", 500);
  expect(await feed().steer("pause")).toMatch(/^The run was not paused: the server .*500.* Try again/);
  answer("{}", 200);
  expect(await feed().steer("pause")).toBeNull();
});
