import { examineStore } from '../../../segment/doctor/examine.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { flag, valueOr } from '../../options/options.ts';
import { positiveNumber } from '../../options/values.ts';
import { doctorResult } from '../../views/doctor-report.ts';

const DAY_MS = 86_400_000;

export default defineCommand({
  name: 'doctor',
  description:
    'Looks whether the store is sound: the file, links, counters, pins, the recording of ' +
    'changes, filters, permissions, files left behind. ' +
    'It changes nothing, waits for nobody, and says of each finding what to do. Notes are no ' +
    'fault (0); warnings and errors are (4). ' +
    'Whether members are the right ones is asked by segments:verify.',
  arguments: {},
  options: {
    deep: flag(
      '--deep',
      'also compare every index with its table and read the properties of all events',
    ),
    stale: valueOr(
      '--stale <days>',
      'a segment that was not built for so many days is stale; default 7',
      positiveNumber,
      7,
    ),
  },
  examples: [
    'rollcall doctor --db crm.db',
    'rollcall doctor --deep -v --db crm.db',
    'rollcall doctor -q --db crm.db',
  ],
  exitCodes: [EXIT.finding],
  store: 'open',
  result: 'message',
  run: async ({ store, now, progress, ...context }, _, { deep, stale }) => {
    const examinations = await progress('looking', async (say) =>
      examineStore(store, { now, deep, staleMs: stale * DAY_MS, onCheck: say }),
    );
    return doctorResult(examinations, context);
  },
});
