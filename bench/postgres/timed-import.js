// What an import of people takes until all rows are checked and staged, and in all, from the call of
// the library, printed as JSON:
//   node bench/postgres/timed-import.js STORE FILE [SERVER]
// SERVER is the id of the first process of the store's server, whose processor time counts too.
import { library } from '../rollcall.js';
import { NOW } from '../world/values.js';
import { serverMs } from './processor.js';

const { importContacts, openStore } = await library();
const [name = '', file = '', server] = process.argv.slice(2);

function readClocks() {
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000 + (server === undefined ? 0 : serverMs(Number(server)));
  return { ms: performance.now(), cpuMs };
}

const store = await openStore(name);
try {
  const began = readClocks();
  const since = () => {
    const { ms, cpuMs } = readClocks();
    return { ms: ms - began.ms, cpuMs: cpuMs - began.cpuMs };
  };
  /** @type {import('../measure.js').Timed | undefined} */
  let staged;
  await importContacts(
    store,
    file,
    {},
    {
      stdin: process.stdin,
      now: NOW,
      by: 'bench',
      progress: ({ kind }) => {
        if (kind === 'applying') staged ??= since();
      },
    },
  );
  console.log(JSON.stringify({ staged, whole: since() }));
} finally {
  await store.close();
}
