#!/usr/bin/env node
// The process edge: arguments, streams, exit code. No signal handlers: a signal ends the process at once, and the
// store rolls back.
import { existsSync, writeSync } from 'node:fs';

process.umask(0o077);

// Whatever is thrown where nobody waits for it is a bug as well, and must not end as "refused" (1).
process.on('uncaughtException', (error) => {
  writeSync(2, `error: this is a bug in rollcall: ${error instanceof Error ? error.stack : error}\nhint: please report it with the trace above and what you did\n`);
  process.exit(70);
});

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2), process);
} else {
  writeSync(2, 'error: rollcall is not built: dist/main.js is missing\nhint: run `npm run build` in its folder\n');
  process.exitCode = 70;
}
