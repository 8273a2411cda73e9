// Loads the chunks of the program with the code that V8 compiled from them during the build: see
// docs/decisions/0003-start-up.md.
const { readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/**
 * A checksum of a chunk's code and text and of the engine: V8 itself compares only its version, its
 * flags and the length of the text.
 */
const checksum = (code, text) =>
  crc32(code, crc32(text, crc32(`${process.version} ${process.arch}`)));

/**
 * The chunk as a function, as `require` makes it. The function's head is on a line of its own,
 * which stack traces do not count.
 */
const wrap = (text) => `(function (exports, require, module, __filename, __dirname) {\n${text}\n})`;

/** The file that keeps a chunk's code: four bytes of checksum, then the code from V8. */
const cacheOf = (path) => `${path}.cache`;

/**
 * The code kept beside a chunk; undefined if there is none, if it belongs to another text or
 * engine, or if it is damaged.
 */
function readCode(path, text) {
  try {
    const kept = readFileSync(cacheOf(path));
    const code = kept.subarray(4);
    return kept.readUInt32LE() === checksum(code, text) ? code : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `load` returns what a chunk in the folder exports, as `require` does. `save` keeps the code of
 * the loaded chunks, including all functions that have run so far.
 */
exports.makeLoader = (folder) => {
  const requireOther = createRequire(join(folder, 'main.cjs'));
  const chunks = new Map();

  const load = (name) => {
    if (!name.startsWith('./')) return requireOther(name);
    const known = chunks.get(name);
    if (known !== undefined) return known.module.exports;
    const path = join(folder, name);
    const text = wrap(readFileSync(path));
    // V8 keeps the name with the code, so it must not be the place of the build
    const filename = `rollcall/dist/${name.slice(2)}`;
    const script = new Script(text, { filename, lineOffset: -1, cachedData: readCode(path, text) });
    const module = { exports: {} };
    chunks.set(name, { path, text, script, module });
    script.runInThisContext()(module.exports, load, module, path, folder);
    return module.exports;
  };

  const save = () => {
    for (const { path, text, script } of chunks.values()) {
      const code = script.createCachedData();
      const head = Buffer.alloc(4);
      head.writeUInt32LE(checksum(code, text));
      // never written through a link; readable by the same users as the program itself
      rmSync(cacheOf(path), { force: true });
      writeFileSync(cacheOf(path), Buffer.concat([head, code]), { flag: 'wx' });
    }
  };

  return { load, save };
};
