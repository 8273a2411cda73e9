#!/usr/bin/env node
// The edge of the process: arguments, streams, exit code. There are no signal handlers: a signal
// ends the process at once, and the store rolls back.
const { isSupported, unsupported } = require('./node-version.js');

// This comes first, because the code below would crash an older Node with a stack trace.
if (!isSupported(process.versions.node)) {
  process.stderr.write(unsupported(process.versions.node));
  process.exit(69);
}

const { existsSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const { makeLoader } = require('./code-cache.js');

process.umask(0o077);

// An error that is thrown where nobody awaits it is a bug too, and must not end as "refused" (1).
process.on('uncaughtException', (error) => {
  writeSync(
    2,
    `error: this is a bug in rollcall: ${error instanceof Error ? error.stack : error}\n` +
      'hint: please report it with the trace above and what you did\n',
  );
  process.exit(70);
});

// A command that waits for something that never comes must not end as done (0): Node exits when
// nothing is left to do, although the command has not finished.
const onStuck = () => {
  throw new Error('the command waits for ever');
};

const dist = join(__dirname, '../dist');
if (existsSync(join(dist, 'main.cjs'))) {
  process.once('beforeExit', onStuck);
  const { main } = makeLoader(dist).load('./main.cjs');
  main(process.argv.slice(2), process).then((code) => {
    process.off('beforeExit', onStuck);
    process.exitCode = code;
  });
} else {
  writeSync(
    2,
    'error: rollcall is not built: dist/main.cjs is missing\n' +
      'hint: run `npm run build` in its folder\n',
  );
  process.exitCode = 70;
}
