import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here("../src/insurenz/web/app");
const API = "^/(auth|claims|config|documents|hospital-claims|notifications|organisations|policies|uploads|users|workflows)(/|$|\\?)";

/** Writes FILE.gz and FILE.br beside each script and style, so that the server never compresses. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      const folder = `${OUT}/assets`;
      for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
        const content = readFileSync(`${folder}/${name}`);
        writeFileSync(`${folder}/${name}.gz`, gzipSync(content, { level: 9 }));
        const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
        writeFileSync(`${folder}/${name}.br`, brotliCompressSync(content, options));
      }
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [react(), tailwindcss(), compressed()],
  resolve: { alias: { "@": here("src") } },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // Nothing as data: URI, and no inline script: the policy of the page forbids both.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dev` beside `./run`: the pages from here, the API from there.
  server: { proxy: { [API]: "http://127.0.0.1:8000" } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
