import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { segmentExportOptions } from '../../../options/export-options.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { exportSegment } from '../../../routines/export-segment.ts';

export default defineCommand({
  name: 'segments:export',
  description:
    'Writes the members of a segment as CSV, by contact id. What it writes, contacts:import reads. ' +
    'On standard error it gives the cursor that belongs to it, from which segments:changes and ' +
    '--changes-since go on.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: segmentExportOptions,
  examples: [
    'rollcall segments:export hot -o hot.csv --db crm.db',
    'rollcall segments:export hot --changes-since "$(cat hot.cursor)" --cursor-file hot.cursor ' +
      '-o joined-and-left.csv --db crm.db',
    "rollcall segments:export hot --fields email,first_name --delimiter ';' --bom -o for-excel.csv --db crm.db",
  ],
  exitCodes: [EXIT.refused, EXIT.badInput, EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, { segment }, options) => exportSegment(context, segment, options),
});
