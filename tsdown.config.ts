import { execFileSync } from 'node:child_process';
import { defineConfig } from 'tsdown';

/**
 * Words of a package replaced in the bundle. The build fails when an update of the package has them
 * no more.
 */
const replaced = (file: RegExp, from: string, to: string) => ({
  name: `replaced in ${file.source}`,
  transform: {
    filter: { id: file },
    handler(code: string) {
      if (!code.includes(from)) throw new Error(`no file ${file.source} says ${from} any more`);
      return code.replace(from, to);
    },
  },
});

/**
 * The code cache runs chunks as scripts, which have no `import()`: it throws where it is reached.
 * The build lets none pass.
 */
const withoutImports = {
  name: 'no import() in the program',
  generateBundle(_: unknown, bundle: Readonly<Record<string, { readonly code?: string }>>) {
    for (const [file, { code = '' }] of Object.entries(bundle)) {
      if (/\bimport\s*\(/.test(code)) throw new Error(`${file} has an import() in it`);
    }
  },
};

const shared = defineConfig({
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  clean: true,
  minify: true,
});

// Two builds into one folder: the library door with the thread that large updates start, and the
// program, which bin/rollcall.js loads. Why the program is CommonJS, how it is split and what warms
// it up: docs/decisions/0003-start-up.md.
export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', 'scan-worker': 'src/scan-worker.ts' },
    format: 'esm',
    outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
    dts: { entry: 'src/index.ts' },
    deps: { neverBundle: ['better-sqlite3', 'pg-native'], alwaysBundle: [/.*/], onlyBundle: false },
  },
  {
    ...shared,
    entry: { main: 'src/main.ts' },
    format: 'cjs',
    dts: false,
    deps: { neverBundle: [/\.node$/, 'pg-native'], alwaysBundle: [/.*/], onlyBundle: false },
    plugins: [
      replaced(
        /better-sqlite3.lib.database\.js$/,
        "require('bindings')('better_sqlite3.node')",
        "require('better-sqlite3/build/Release/better_sqlite3.node')",
      ),
      replaced(/commander.lib.command\.js$/, "require('node:child_process')", 'undefined'),
      withoutImports,
    ],
    outputOptions: {
      dynamicImportInCjs: false,
      codeSplitting: {
        groups: [
          { name: 'edge', test: /src.main\.ts$/, priority: 3 },
          { name: 'frame', test: /src.cli.program\.ts$/, priority: 2 },
          { name: 'store', test: /src.store.sqlite.open\.ts$/, priority: 1 },
          { name: 'common', minShareCount: 12 },
        ],
      },
    },
    hooks: {
      'build:done': ({ options }) =>
        void execFileSync(process.execPath, ['bin/warm-up.js', options.outDir], {
          stdio: 'inherit',
        }),
    },
  },
]);
