import { dirname, join } from 'node:path';
import { canMount, hasStrace, runProgram } from './program.js';
import { copyStore } from './state.js';
import { sizeOf, strace } from './strace.js';

/**
 * A way to be stopped.
 * @typedef {object} Death
 * @property {string} kind for the figures
 * @property {string} label with its numbers
 * @property {(invocation: import('./program.js').Invocation, at: import('./strace.js').Place) =>
 * Promise<import('./program.js').Ended>} run
 * @property {boolean} [movesStore] the store is worked on in another place: nobody can watch
 */

const WRITING = ['pwrite64', 'fsync', 'ftruncate', 'openat', 'unlink', 'mmap', 'link', 'rename'];
const FAILING = [
  'pwrite64',
  'pwrite64',
  'pwrite64',
  'fsync',
  'fsync',
  'ftruncate',
  'openat',
  'mmap',
  'pread64',
  'link',
  'rename',
];
const SIGNALS = /** @type {const} */ (['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT']);
/** Nothing that matters is done while Node starts. */
const START_SHARE = 0.3;
const PAGE_BYTES = 4096;
/** The index of a log takes eight pages, the lock one. */
const PAGES_BESIDE = 12;

export const KINDS = [
  'signal',
  ...(hasStrace ? ['signal at a call', 'failing call', 'failing calls'] : []),
  ...(canMount ? ['full disk', 'read-only disk'] : []),
  'size limit',
];

/**
 * @param {import('./random.js').Random} random
 * @param {import('./strace.js').Measured} measured
 * @param {string} kind
 * @returns {Death}
 */
export function chooseDeath(random, measured, kind) {
  switch (kind) {
    case 'signal':
      return bySignal(
        random.pick(SIGNALS),
        Math.round(measured.ms * (START_SHARE + random.int(1000) / 1000)),
      );
    case 'signal at a call':
      return bySignalAt(pickCall(random, WRITING, measured), random.pick(SIGNALS));
    case 'failing call':
      return byFailing(pickCall(random, FAILING, measured), random.pick(['ENOSPC', 'EIO']), '');
    case 'failing calls':
      return byFailing(pickCall(random, FAILING, measured), random.pick(['ENOSPC', 'EIO']), '+');
    case 'full disk':
      return onDisk(
        `${4 * random.int(Math.ceil(measured.bytes / PAGE_BYTES) + PAGES_BESIDE)}k`,
        'full disk',
        'true',
      );
    case 'read-only disk':
      return onDisk('1g', 'read-only disk', 'mount -o remount,ro disk');
    case 'size limit':
      return bySizeLimit(random.int(100), measured);
    default:
      throw new Error(`no way to be stopped: ${kind}`);
  }
}

/**
 * @param {NodeJS.Signals} signal
 * @param {number} afterMs
 * @returns {Death}
 */
function bySignal(signal, afterMs) {
  return {
    kind: signal,
    label: `${signal} after ${afterMs} ms`,
    run: async (invocation, at) => runProgram(invocation, { ...at, kill: { signal, afterMs } }),
  };
}

/**
 * One of the calls that the command does, and which of them.
 * @param {import('./random.js').Random} random
 * @param {readonly string[]} calls
 * @param {import('./strace.js').Measured} measured
 * @returns {{ readonly call: string, readonly nth: number }}
 */
function pickCall(random, calls, measured) {
  const call = random.pick(calls.filter((each) => (measured.calls[each] ?? 0) > 0));
  return { call, nth: 1 + random.int(measured.calls[call] ?? 1) };
}

/**
 * @param {{ readonly call: string, readonly nth: number }} at
 * @param {NodeJS.Signals} signal
 * @returns {Death}
 */
function bySignalAt({ call, nth }, signal) {
  return traced(`${signal} at a call`, `${signal} at ${call} ${nth}`, [
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:signal=${signal}:when=${nth}`,
  ]);
}

/**
 * @param {{ readonly call: string, readonly nth: number }} at
 * @param {string} error
 * @param {'' | '+'} more `+` when all that follow fail as well
 * @returns {Death}
 */
function byFailing({ call, nth }, error, more) {
  return traced(`${error} from ${call}`, `${error} from ${call} ${nth}${more}`, [
    '--seccomp-bpf',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:error=${error}:when=${nth}${more}`,
  ]);
}

/**
 * @param {string} kind
 * @param {string} label
 * @param {readonly string[]} options
 * @returns {Death}
 */
function traced(kind, label, options) {
  return {
    kind,
    label,
    run: async (invocation, at) =>
      runProgram(invocation, { ...at, wrapper: strace(at, join(at.cwd, 'trace.txt'), options) }),
  };
}

/**
 * @param {number} percent of the larger one of the store and what is written
 * @param {import('./strace.js').Measured} measured
 * @returns {Death}
 */
function bySizeLimit(percent, measured) {
  return {
    kind: 'size limit',
    label: `no file larger than ${percent} % of the store`,
    run: async (invocation, at) => {
      const blocks = Math.ceil((Math.max(sizeOf(at.db), measured.bytes) * percent) / 100 / 512);
      return runProgram(invocation, {
        ...at,
        wrapper: ['/bin/sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh'],
      });
    },
  };
}

/**
 * Works on a copy of the store on a file system of its own, as large as the store and `room`, and
 * brings back what became of it.
 * @param {string} room
 * @param {string} kind
 * @param {string} then a command of the shell, once the store is there
 * @returns {Death}
 */
function onDisk(room, kind, then) {
  return {
    kind,
    label: `${kind}, ${room} of room`,
    movesStore: true,
    run: async (invocation, { db, cwd }) => {
      const disk = join(cwd, 'disk');
      const roomKb = Number.parseInt(room, 10) * (room.endsWith('g') ? 1_048_576 : 1);
      const script = [
        `mkdir -p "${disk}"`,
        `size=$(du -ck --apparent-size "${db}" "${db}-wal" 2> /dev/null | tail -n 1 | cut -f 1)`,
        `mount -t tmpfs -o size=$((size + ${roomKb} + 8))k tmpfs "${disk}"`,
        `for suffix in "" -wal; do if [ -e "${db}$suffix" ]; ` +
          `then cp "${db}$suffix" "${disk}/crm.db$suffix"; fi; done`,
        `cd "${dirname(disk)}"`,
        then,
        'status=0; "$@" || status=$?',
        `mkdir -p "${cwd}/back"; rm -f "${cwd}"/back/*; ` +
          `for suffix in "" -wal; do if [ -e "${disk}/crm.db$suffix" ]; ` +
          `then cp "${disk}/crm.db$suffix" "${cwd}/back/"; fi; done`,
        'exit $status',
      ];
      const ended = await runProgram(invocation, {
        db: join(disk, 'crm.db'),
        cwd,
        wrapper: [
          'unshare',
          '--map-root-user',
          '--mount',
          '/bin/sh',
          '-ec',
          script.join('\n'),
          'sh',
        ],
      });
      copyStore(join(cwd, 'back/crm.db'), db);
      return ended;
    },
  };
}
