// Runs a PostgreSQL server for as long as another process lives, and removes its folder afterwards.
//   node guard.js FOLDER OWNER UID BINARY ARGUMENT…
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', owner, uid, binary = '', ...args] = process.argv.slice(2);
writeFileSync(join(folder, 'guard.pid'), String(process.pid));
const server = spawn(binary, args, {
  stdio: 'ignore',
  ...(uid === '' ? {} : { uid: Number(uid), gid: Number(uid) }),
});

const isAlive = () => {
  try {
    return process.kill(Number(owner), 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
};

// at once, without waiting for connections
const stop = () => server.kill('SIGQUIT');
const watch = setInterval(() => isAlive() || stop(), 500);
process.on('SIGTERM', stop);
process.on('SIGINT', () => undefined); // of the terminal: the owner says what is to be done
server.on('exit', () => {
  clearInterval(watch);
  rmSync(folder, { recursive: true, force: true });
});
