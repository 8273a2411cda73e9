// What one more segment costs in a store that is built: defines a segment of the shape, prints as
// JSON what its update took, from the call of the library until it has returned, and takes the
// segment away again:
//   node bench/new-segment.js STORE SHAPE [CHECKOUT]
// CHECKOUT is another built checkout of rollcall; else this one.
import { timedHere } from './measure.js';
import { library } from './rollcall.js';
import { newSegment } from './segments.js';
import { NOW } from './world/values.js';

const [path = '', shape = '', checkout] = process.argv.slice(2);
const { createSegment, deleteSegment, getSegment, openStore, updateSegments } =
  await library(checkout);
const { alias, filter } = newSegment(shape);
const store = await openStore(path);
try {
  await store.write(async (tx) =>
    createSegment(tx, { name: alias, alias, where: filter }, { now: NOW, by: 'bench' }),
  );
  let members;
  const timed = await timedHere(async () => {
    const { reports } = await updateSegments(store, { segments: [alias], now: NOW });
    members = reports[0]?.members;
  });
  await store.write(async (tx) =>
    deleteSegment(tx, await getSegment(tx, alias), { now: NOW, by: null }),
  );
  console.log(JSON.stringify({ ...timed, members }));
} finally {
  await store.close();
}
