import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here("../src/insurenz/web/app");
const API =
  "^/(analytics|audit|auth|claim-views|claims|config|deliveries|documents|drafts|hospital-claims|notifications|organisations|policies|uploads|users|workflows)(/|$|\\?)";

// What nearly every first view needs, of these folders; the rest of them comes with the pages that use it, or later.
const LATER =
  "attach|attaching|copy|expected|marked|more|message-parts|opener|opening-messages|outlook|outlook-messages|preview|read-notices|read-thread|" +
  "form|rules|asked|password-field|guide|guide-messages|due|due-mark|bell-panel|notice-\\w+|live|gather|leader|marks|news|shared|stream";
const BASE = new RegExp(`src/((api|i18n|components|claims|live|shell)/(?!(${LATER})\\.)|uploads/(upload-list|file-icon)\\.)`);

// A policyholder's first page comes in few pieces: on a slow line each more is a way to the server and back.
const FIRST = /src\/(pages\/home\/(?!home\.)|live\/news\.)/;
const DRAFTS = /src\/drafts\/(draft-card|discard|answers|judge|today|messages|queries)\./;

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

/** The style of the page's frame comes first: scripts, which draw what is in it, give way to it. */
function styleFirst(): Plugin {
  const handler = (html: string) => html.replace(/<(script type="module"|link rel="modulepreload")/g, '$& fetchpriority="low"');
  return { name: "style-first", apply: "build", transformIndexHtml: { order: "post", handler } };
}

/** The engine of PDFs looks for the decoders of scans at an address; here they become scripts of the build. No wasm: the page's policy forbids it. */
function pdfDecoders(): Plugin {
  const place = /import\(\s*(?:\/\*[^*]*\*\/\s*)*`\$\{WasmImage\.#wasmUrl\}\$\{this\._noWasmFilename\}`\)/;
  const decoder = (name: string) => `import("pdfjs-dist/wasm/${name}")`;
  const chosen = `(this._noWasmFilename.startsWith("jbig2") ? ${decoder("jbig2_nowasm_fallback.js")} : ${decoder("openjpeg_nowasm_fallback.js")})`;
  return {
    name: "pdf-decoders",
    transform(code, id) {
      if (!id.includes("pdfjs-dist/legacy/build/pdf.worker")) return null;
      if (!place.test(code)) throw new Error("pdfjs-dist loads its decoders in another way now: see pdfDecoders()");
      return code.replace(place, chosen);
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [react(), tailwindcss(), styleFirst(), compressed()],
  // The package names its build for development alone, which warns and is larger.
  resolve: { alias: { "@": here("src"), "react-router": here("node_modules/react-router/dist/production/index.mjs") } },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // Nothing as data: URI, and no inline script: the policy of the page forbids both.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What nearly every page needs comes in few files; forms and uploads are fetched with the first page that has some.
    rolldownOptions: {
      // The service worker stands apart, at an address that stays: it needs nothing of the app.
      input: { index: here("index.html"), worker: here("src/push/worker.ts") },
      output: {
        entryFileNames: ({ name }) => (name === "worker" ? "worker.js" : "assets/[name]-[hash].js"),
        codeSplitting: {
          // A group takes along what its files import, unless one before it has it.
          groups: [
            { name: "vendor", priority: 4, test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack)\// },
            { name: "base", priority: 3, test: BASE },
            { name: "first", priority: 2, test: FIRST },
            { name: "drafts", priority: 3, test: DRAFTS },
            { name: "forms", priority: 2, test: /node_modules\/(zod|react-hook-form|@hookform)\/|components\/(form|rules)\./ },
          ],
        },
      },
    },
  },
  worker: { format: "es", plugins: () => [pdfDecoders()] },
  // `npm run dev` beside `./run`: the pages from here, the API from there.
  server: { proxy: { [API]: "http://127.0.0.1:8000" } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
