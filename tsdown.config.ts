import { defineConfig } from 'tsdown';

// Three entrances: the program (loaded by bin/rollcall.js), the library door, and the thread that large updates start. Code is split so that
// a command loads only what it uses: see docs/decisions/0003-start-up.md.
export default defineConfig({
  entry: { main: 'src/main.ts', index: 'src/index.ts', 'scan-worker': 'src/store/sqlite/scan/worker.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  clean: true,
  minify: true,
  dts: { entry: 'src/index.ts' },
  deps: { neverBundle: ['better-sqlite3'], alwaysBundle: [/.*/], onlyBundle: false },
});
