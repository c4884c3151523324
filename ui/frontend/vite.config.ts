import { globSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Every folder of `src` with an index is an entry of its own, named like the folder. */
const entries = Object.fromEntries(
  globSync("src/*/index.{ts,tsx}").map((file) => [file.split("/").at(-2) ?? file, file]),
);

export default defineConfig({
  plugins: [react()],
  base: "/assets/",
  build: {
    outDir: "../static",
    emptyOutDir: false, // a server that runs still serves the files that it has named
    manifest: "manifest.json",
    target: "es2022",
    assetsDir: "",
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: entries,
      output: { entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js", format: "es" },
      preserveEntrySignatures: "strict",
    },
  },
});
